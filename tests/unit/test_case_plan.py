"""What a plan and its assessment become: muscles, sides, sites, volumes and joints."""

from __future__ import annotations

from pathlib import Path

import pytest

from endplate.case import Case, assessments_left_out, joint_baselines, load_case, planned_injections

EXAMPLES = Path(__file__).parents[2] / "examples"
ARM = (EXAMPLES / "adult_arm.yaml").read_text(encoding="utf-8")


def read(folder: Path, text: str) -> Case:
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return load_case(path)


def changed(old: str, new: str) -> str:
    assert old in ARM
    return ARM.replace(old, new, 1)


def test_adult_arm_lies_inside_the_ranges_it_was_written_for() -> None:
    ranges = {
        "biceps_brachii": (100, 200),
        "brachialis": (30, 50),
        "flexor_carpi_radialis": (12.5, 50),
        "flexor_carpi_ulnaris": (12.5, 50),
        "flexor_digitorum_superficialis": (30, 50),
        "flexor_digitorum_profundus": (30, 50),
    }
    shots = planned_injections(load_case(EXAMPLES / "adult_arm.yaml"))
    assert shots[0].muscle == "biceps_brachii"
    assert {shot.muscle for shot in shots} == set(ranges)
    for shot in shots:
        low, high = ranges[shot.muscle]
        assert low <= shot.dose_U <= high
        assert shot.dose_U / shot.sites <= 50
    assert sum(shot.dose_U for shot in shots) <= 400


def test_adult_leg_lies_inside_the_ranges_it_was_written_for() -> None:
    ranges = {
        "gastrocnemius_medial": (100, 150),
        "gastrocnemius_lateral": (100, 150),
        "soleus": (330, 500),
        "tibialis_posterior": (200, 300),
        "flexor_digitorum_longus": (130, 200),
        "flexor_hallucis_longus": (70, 200),
    }
    shots = planned_injections(load_case(EXAMPLES / "adult_leg.yaml"))
    for shot in shots:
        low, high = ranges[shot.muscle]
        assert low <= shot.dose_U <= high
        assert shot.volume_mL / shot.sites <= 1
    assert 1000 <= sum(shot.dose_U for shot in shots) <= 1500


def test_child_doses_are_per_kg_and_per_side() -> None:
    shots = planned_injections(load_case(EXAMPLES / "child_calf.yaml"))
    for side in ("left", "right"):
        here = [shot for shot in shots if shot.side == side]
        calf = [shot.dose_U for shot in here if shot.muscle.startswith("gastrocnemius")]
        soleus = [shot.dose_U for shot in here if shot.muscle == "soleus"]
        assert sum(calf) == pytest.approx(7.5 * 20)
        assert sum(soleus) == pytest.approx(5 * 20)
    assert sum(shot.dose_U for shot in shots) <= min(30 * 20, 1000)
    assert max(shot.volume_mL / shot.sites for shot in shots) <= 0.5


@pytest.mark.parametrize(("sites", "expected"), [(1, 2), (2, 2), (3, 3), (5, 5), (8, 8)])
def test_a_group_is_divided_without_inventing_sites(tmp_path: Path, sites: int, expected: int) -> None:
    text = changed("muscle: brachialis, side: left, dose: 50 U, sites: 2", "muscle: brachialis, side: left")
    text = text.replace("muscle: brachialis, side", "muscle: gastrocnemius, dose: 90 U, sites: 0, side")
    case = read(tmp_path, text.replace("sites: 0", f"sites: {sites}"))
    heads = [shot for shot in planned_injections(case) if shot.muscle.startswith("gastrocnemius")]
    assert sum(shot.sites for shot in heads) == expected
    assert min(shot.sites for shot in heads) >= 1
    assert sum(shot.dose_U for shot in heads) == pytest.approx(90)
    assert sum(shot.volume_mL for shot in heads) == pytest.approx(90 / 50)


def test_volume_follows_the_nearest_dilution_and_where_names_the_row(tmp_path: Path) -> None:
    text = changed("dose: 50 U, sites: 2", "dose: 50 U, sites: 2, dilution: 100 U/mL, at: 45 %")
    shot = planned_injections(read(tmp_path, text))[1]
    assert (shot.volume_mL, shot.at_fraction, shot.where) == (0.5, 0.45, "plan.injections[1]")


def test_baselines_are_the_latest_rows_up_to_the_plan(tmp_path: Path) -> None:
    row = "{date: %s, joint: wrist, side: left, movement: extension, scale: modified_ashworth, value: %s}"
    added = "".join(f"\n  - {row % pair}" for pair in (("2026-11-21", "1+"), ("2026-12-01", "4")))
    wrist = [
        base
        for base in joint_baselines(read(tmp_path, changed("assessment:", f"assessment:{added}")))
        if base.joint == "wrist"
    ]
    assert [(base.value, base.coded) for base in wrist] == [("1+", 1.5)]


def test_the_recoded_scale_is_read_by_its_labels_and_nothing_is_dropped_in_silence(tmp_path: Path) -> None:
    head = "{joint: wrist, side: left, movement: flexion"
    elbow = head.replace("wrist", "elbow")
    angles = "tardieu: {r1: 20 deg, r2: 60 deg}}"
    rows = (
        f"{head}, scale: mas_0_5, value: 1+}}",
        f"{head}, {angles}",
        f"{elbow}, {angles}",
    )
    added = "".join(f"\n  - {row}" for row in rows)
    case = read(tmp_path, changed("assessment:", f"assessment:{added}"))
    (base,) = (base for base in joint_baselines(case) if base.scale == "mas_0_5")
    assert (base.coded, base.r1_deg, base.r2_deg) == (1.5, 20, 60)
    (told,) = assessments_left_out(case)
    assert told.startswith("assessment[2]: no grade is given beside the angles")
