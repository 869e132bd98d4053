"""Moment arms, paths and passive torques of the joint geometry: consistent, of the right sign and size."""

from __future__ import annotations

import numpy as np
import pytest

from endplate.knowledge.anatomy import geometry, tables
from endplate.knowledge.anatomy.geometry import (
    axes_of,
    checked_arm,
    checked_axis,
    checked_passive,
    checked_tendon,
    load_axes,
    load_departures,
    load_moment_arms,
    load_passive,
    load_tendons,
    moment_arm,
    muscles_crossing,
)
from endplate.knowledge.vocabulary import JOINTS, LIMB_MUSCLES, MUSCLES
from endplate.knowledge.vocabulary.anatomy import stretch_movements, stretched_muscles
from endplate.physiology.joint.geometry import (
    exponential_torque_Nm,
    linear_torque_Nm,
    moment_arm_cm,
    path_length_change_cm,
)

STRETCHES = [
    (joint, movement, muscle)
    for joint in JOINTS
    for movement in stretch_movements(joint)
    for muscle in stretched_muscles(joint, movement)
]
# The vocabulary lists opponens as stretched by abduction; Smutz 1998 (abstract) found it to abduct and flex.
WRONG_WAY = {("thumb", "abduction", "opponens_pollicis")}


def _arm(row, angle_deg):
    low, high = np.deg2rad([row.from_deg, row.to_deg])
    return moment_arm_cm(np.deg2rad(angle_deg), row.coefficients_cm, low, high)


def _change(row, angle_deg):
    low, high = np.deg2rad([row.from_deg, row.to_deg])
    return path_length_change_cm(np.deg2rad(angle_deg), row.coefficients_cm, low, high)


def _range(joint, axis):
    ends = load_axes()[joint, axis]
    return np.linspace(ends.from_deg, ends.to_deg, 51)


def _torque(joint, axis, **angles_deg):
    """Passive torque with the axes named ``joint_axis`` at the angles given and every other at 0."""
    row = load_passive()[joint, axis]
    named = list(load_axes())
    angles = np.zeros((len(named), len(next(iter(angles_deg.values())))))
    for index, (one, other) in enumerate(named):
        angles[index] = angles_deg.get(f"{one}_{other}", 0.0)
    slopes = [
        [sum(s.per_deg for s in term.slopes if (s.joint, s.axis) == key) for key in named]
        for term in row.terms
    ]
    torque = linear_torque_Nm(angles[named.index((joint, axis))], row.stiffness_Nm_per_rad, row.neutral_deg)
    if not row.terms:
        return torque
    signs, exponents = [t.sign for t in row.terms], [t.exponent for t in row.terms]
    return torque + exponential_torque_Nm(angles, signs, exponents, slopes, row.constant_Nm)


@pytest.mark.parametrize("key", list(load_moment_arms()), ids=".".join)
def test_arm_is_minus_the_slope_of_the_path(key):
    """Within the range, at its borders and beyond, with central differences."""
    row = moment_arm(*key)
    angle, step = np.linspace(row.from_deg - 20, row.to_deg + 20, 201), 1e-3
    slope = (_change(row, angle + step) - _change(row, angle - step)) / np.deg2rad(2 * step)
    np.testing.assert_allclose(_arm(row, angle), -slope, atol=1e-4)
    assert _change(row, 0.0) == 0


def test_arms_of_many_muscles_at_once_are_those_of_each():
    rows = [moment_arm(muscle, "knee", "flexion") for muscle in muscles_crossing("knee", "flexion")]
    coefficients = np.array([row.coefficients_cm for row in rows]).T[:, :, None]
    low = np.deg2rad([[row.from_deg] for row in rows])
    high = np.deg2rad([[row.to_deg] for row in rows])
    angle = np.linspace(-10, 140, 16)
    together = moment_arm_cm(np.deg2rad(angle), coefficients, low, high)
    assert together.shape == (len(rows), 16)
    np.testing.assert_allclose(together, [_arm(row, angle) for row in rows])


def test_every_muscle_has_an_arm_at_every_joint_it_crosses():
    have = {(muscle, joint) for muscle, joint, _ in load_moment_arms()}
    assert not [(m, j) for m in LIMB_MUSCLES for j in MUSCLES[m].joints if (m, j) not in have]


@pytest.mark.parametrize("stretch", STRETCHES, ids=".".join)
def test_a_stretched_muscle_opposes_the_movement(stretch):
    """Over at least four fifths of the joint's range, about every axis that the movement turns."""
    joint, movement, muscle = stretch
    turned = axes_of(joint, movement)
    assert turned
    rows = [(load_moment_arms().get((muscle, joint, axis)), sign, axis) for axis, sign in turned]
    assert any(row for row, _, _ in rows)
    for row, sign, axis in rows:
        if row is not None:
            opposes = np.mean(-sign * _arm(row, _range(joint, axis)) > 0)
            assert opposes == 0 if stretch in WRONG_WAY else opposes >= 0.8, (axis, opposes)


def test_a_muscle_is_longer_at_the_end_of_the_stretch_that_it_opposes():
    row = moment_arm("biceps_brachii", "elbow", "flexion")
    assert _change(row, 10) > _change(row, 90)
    row = moment_arm("soleus", "ankle", "dorsiflexion")
    assert _change(row, 20) > _change(row, -30)


# (muscle, joint, axis, angle, published low, high in cm). Biceps and brachialis: a second regression, read on
# the page of the Bulgarian Academy of Sciences, tolerance a fifth; brachioradialis: between that and
# the regression of Rankin and Neptune 2012. Triceps: Sugisaki 2010, MRI of 18 people, mean and two SD.
# Achilles: table 2 of Manal 2013, lowest and highest at rest. Patellar tendon: PMC7547162, MRI, mean and
# two SD. Tibialis anterior: Maganaris 2000, range of means at rest. Hamstring and gastrocnemius at the knee:
# typical arms after Spoor 1990 and 1992, with a tolerance of a tenth.
KNOWN = [
    ("biceps_brachii", "elbow", "flexion", 90, 4.71 * 0.8, 4.71 * 1.2),
    ("brachialis", "elbow", "flexion", 90, 2.78 * 0.8, 2.78 * 1.2),
    ("brachioradialis", "elbow", "flexion", 90, 5.44, 7.92),
    ("triceps_brachii", "elbow", "flexion", 30, -(2.39 + 2 * 0.14), -(2.39 - 2 * 0.14)),
    ("triceps_brachii", "elbow", "flexion", 110, -(1.74 + 2 * 0.13), -(1.74 - 2 * 0.13)),
    ("soleus", "ankle", "dorsiflexion", -10, -5.7, -3.6),
    ("gastrocnemius_medial", "ankle", "dorsiflexion", -10, -5.7, -3.6),
    ("gastrocnemius_lateral", "ankle", "dorsiflexion", -10, -5.7, -3.6),
    ("tibialis_anterior", "ankle", "dorsiflexion", 0, 2.9, 4.5),
    ("vastus_lateralis", "knee", "flexion", 20, -(3.99 + 2 * 0.30), -(3.99 - 2 * 0.30)),
    ("vastus_intermedius", "knee", "flexion", 40, -(3.77 + 2 * 0.29), -(3.77 - 2 * 0.29)),
    ("vastus_lateralis", "knee", "flexion", 60, -(3.62 + 2 * 0.29), -(3.62 - 2 * 0.29)),
    ("semitendinosus", "knee", "flexion", 60, 4.0 * 0.9, 5.5 * 1.1),
    ("gastrocnemius_medial", "knee", "flexion", 0, 1.2 * 0.9, 2.0 * 1.1),
]


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: f"{known[0]}.{known[1]}.{known[3]}")
def test_well_known_arms_lie_in_their_published_range(known):
    muscle, joint, axis, angle, low, high = known
    row = moment_arm(muscle, joint, axis)
    assert row.basis in ("measured_human", "derived")
    assert low <= _arm(row, angle) <= high


def test_paths_of_biarticular_muscles_add_and_the_table_tells_what_that_leaves_out():
    """Sagittal pairs of the leg: the sum misses no more than docs/joint_geometry.md tells."""
    pairs = {("hip.flexion", "knee.flexion"), ("knee.flexion", "ankle.dorsiflexion")}
    sagittal = [row for row in load_departures() if (row.first, row.second) in pairs]
    both = {m for m in LIMB_MUSCLES if MUSCLES[m].limb == "lower" and len(MUSCLES[m].joints) == 2}
    assert {row.muscle for row in sagittal} == {m for m in both if "knee" in MUSCLES[m].joints}
    assert max(row.largest_cm for row in sagittal) <= 0.64
    assert max(row.rms_cm for row in load_departures()) < 1.0
    hip, knee = (moment_arm("rectus_femoris", j, "flexion") for j in ("hip", "knee"))
    separately = _change(hip, 30) + _change(knee, 60)
    total = sum(_change(row, angle) for row, angle in ((hip, 30), (knee, 60)))
    assert total == pytest.approx(separately)


@pytest.mark.parametrize("key", list(load_passive()), ids=".".join)
def test_passive_torque_drives_back_from_both_ends_of_the_range(key):
    """And never pushes outward more the further the joint is turned."""
    angle = _range(*key)
    torque = _torque(*key, **{"_".join(key): angle})
    assert torque[0] > 0 > torque[-1] or key == (
        "hip",
        "flexion",
    )  # with a straight knee the hip stays above 0
    assert np.all(np.diff(torque) <= 1e-9)


def test_passive_torques_have_their_published_size():
    """The numbers of the sources themselves."""
    assert np.ptp(_torque("elbow", "flexion", elbow_flexion=np.array([43.0, 103.0]))) < 1.8 * np.deg2rad(60)
    ends = _torque("wrist", "flexion", wrist_flexion=np.array([-90.0, 0.0, 90.0]))
    np.testing.assert_allclose(ends, [1.2, 0.0, -0.5], atol=0.01)
    bent = {"knee_flexion": np.array([0.0, 60.0]), "ankle_dorsiflexion": np.array([15.0, 15.0])}
    straight_knee, bent_knee = _torque("ankle", "dorsiflexion", **bent)
    assert straight_knee < bent_knee < 0  # the stretched gastrocnemius


def test_inertia_hangs_together():
    """Parallel axes: the inertia is at least that of the mass at its centre; a longer limb has more of it."""
    for row in load_axes().values():
        assert row.inertia_share >= row.mass_share * row.com_share**2 * 0.999, (row.joint, row.axis)
    hip, knee, ankle = (
        load_axes()[j, a] for j, a in (("hip", "flexion"), ("knee", "flexion"), ("ankle", "dorsiflexion"))
    )
    assert hip.inertia_share > knee.inertia_share > ankle.inertia_share


def test_tendons_know_the_achilles():
    tendons = load_tendons()
    achilles = [row for row in tendons.values() if row.tendon == "achilles"]
    assert {row.muscle for row in achilles} == {"soleus", "gastrocnemius_medial", "gastrocnemius_lateral"}
    assert all(row.elastic and row.stiffness_N_per_mm for row in achilles)
    assert all(0 < row.strain_at_max < 0.1 and row.slack_cm > 0 for row in tendons.values())


def test_recalled_and_assumed_rows_are_spread_wider_than_measured_ones():
    rows = load_moment_arms().values()
    least = min(row.sd_log for row in rows if row.basis in ("recalled", "assumed"))
    assert least >= max(row.sd_log for row in rows if row.basis == "measured_human")


def _raw_arm(**changes):
    raw = {f"c{power}": "0" for power in range(6)} | {
        "muscle": "brachialis",
        "joint": "elbow",
        "axis": "flexion",
        "c0": "2",
        "from_deg": "0",
        "to_deg": "140",
        "fit_error_cm": "0",
        "sd_log": "0.1",
        "basis": "recalled",
        "source": "endplate_design",
        "place": "test",
        "departs": "",
        "checked": "2026-11-26",
    }
    return {key: value for key, value in (raw | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"muscle": "no_muscle"}, "not a limb muscle"),
        ({"axis": "torsion"}, "no axis 'torsion'"),
        ({"joint": "wrist"}, "does not cross the wrist"),
        ({"c0": "x"}, "'x' in c0"),
        ({"c0": "nan"}, "'nan' in c0"),
        ({"c0": "0"}, "every coefficient is 0"),
        ({"from_deg": "150"}, "do not follow"),
        ({"to_deg": "500"}, "more than a full turn"),
        ({"fit_error_cm": "-1"}, "below 0"),
        ({"basis": "guessed"}, "unknown basis"),
        ({"source": "nobody"}, "unknown source"),
        ({"c5": None}, "lacks"),
        ({"colour": "red"}, "unknown columns"),
    ],
)
def test_a_malformed_arm_is_refused_with_file_row_and_rule(changes, words):
    assert checked_arm(_raw_arm()).coefficients_cm[0] == 2
    with pytest.raises(ValueError, match=words) as refused:
        checked_arm(_raw_arm(**changes), "moment_arms.csv: line 7")
    assert "moment_arms.csv: line 7" in str(refused.value)


def test_other_malformed_rows_are_refused():
    tendon = dict(next(raw for _, raw in tables.csv_lines(geometry.TENDONS)))
    checked_tendon(tendon)
    for changes in ({"elastic": "maybe"}, {"slack_cm": "-1"}, {"strain_source": "nobody"}, {"muscle": "x"}):
        with pytest.raises(ValueError, match=r"tendons\.csv"):
            checked_tendon(tendon | changes)
    axis = dict(next(tables.toml_rows(geometry.AXES, "axis")))
    for changes in ({"joint": "neck"}, {"to_deg": -200.0}, {"mass_share": 2.0}, {"basis": "x"}, {"more": 1}):
        with pytest.raises(ValueError, match=r"joints\.toml: axis"):
            checked_axis(axis | changes)
    passive = dict(next(tables.toml_rows(geometry.AXES, "passive")))
    for changes in ({"axis": "x"}, {"terms": []}, {"sd_log": -1.0}, {"source": "x"}):
        with pytest.raises(ValueError, match=r"joints\.toml: passive"):
            checked_passive(passive | changes)


def test_a_row_with_a_cell_too_many_or_too_few_is_refused(tmp_path, monkeypatch):
    header = ",".join(_raw_arm())
    cells = ",".join(_raw_arm().values())
    monkeypatch.setattr(tables, "_DATA", tmp_path)
    for line in (cells + ",more", cells.rsplit(",", 1)[0]):
        (tmp_path / geometry.ARMS).write_text(f"{header}\n{line}\n", encoding="utf-8")
        with pytest.raises(
            ValueError, match=r"moment_arms\.csv: line 2 \(brachialis\): another number of cells"
        ):
            load_moment_arms.__wrapped__()
    (tmp_path / geometry.ARMS).write_text(f"{header}\n{cells}\n{cells}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="stands twice"):
        load_moment_arms.__wrapped__()
