"""Growth, contracture and motor function: untreated children are their references, treatment only differs."""

from __future__ import annotations

import numpy as np
import pytest

from endplate.knowledge.evidence import get, value
from endplate.physiology.development import function, growth
from endplate.questions.developing.child import bone_length

AGES = np.linspace(0, 18, 217)
TONE = growth.spasticity(AGES)
PHI = np.array([0.0, 0.2, 0.5, 0.875, 1.0])
NONE = np.zeros((1, AGES.size - 1))
MOST_GAINED_DEG = 2.0


def bone(female=False, gmfcs=2):
    return bone_length(AGES, female, gmfcs)


def fitted(loss_deg=None):
    """Growth of children who lose what the record says, by share of it that is due to tone."""
    loss = growth.range_lost_deg(np.zeros(1), np.zeros(1))[0] if loss_deg is None else loss_deg
    deficit = growth.deficit_of(np.full(PHI.size, loss))
    return growth.Growing(*growth.shares_lost(bone(), TONE, PHI, deficit), np.zeros(PHI.size))


@pytest.mark.parametrize("decline", [False, True])
@pytest.mark.parametrize("gmfcs", range(1, 6))
def test_untreated_function_is_the_reference_curve(gmfcs, decline):
    """A11, an identity: within 0.1 points at every age, whatever the step and the account."""
    curve = function.Curve.of_level(gmfcs, decline)
    for ages in (AGES, AGES[::7], np.linspace(3.3, 18, 50)):
        limit = np.full(1, curve.limit)
        found = function.follow(curve, limit, ages, np.zeros((1, ages.size)))
        np.testing.assert_allclose(found[0], curve.at(ages), atol=1e-9)


def test_a_curve_reaches_nine_tenths_of_its_limit_at_the_age_called_so():
    for gmfcs, level in enumerate(function.LEVELS, start=1):
        curve = function.Curve.of_level(gmfcs)
        at = np.array([value(f"development.gmfm.{level}.age_90")])
        assert curve.at(at)[0] == pytest.approx(0.9 * curve.limit)


@pytest.mark.parametrize("gmfcs", range(1, 6))
def test_function_declines_late_in_levels_three_to_five_alone(gmfcs):
    """Hanna 2009: peak at 7 y 11 mo (III) and 6 y 11 mo (IV, V); then 4.7, 7.8 and 6.4 points until 21 y."""
    ages = np.linspace(0, 25, 3001)
    stable, falling = (function.Curve.of_level(gmfcs, decline).at(ages) for decline in (False, True))
    if gmfcs < 3:
        return np.testing.assert_array_equal(falling, stable)
    peak_y, points = {3: (7 + 11 / 12, 4.7), 4: (6 + 11 / 12, 7.8), 5: (6 + 11 / 12, 6.4)}[gmfcs]
    before, ends = ages <= peak_y - 0.01, ages >= 21
    np.testing.assert_array_equal(falling[before], stable[before])
    assert ages[falling.argmax()] == pytest.approx(peak_y, abs=0.01)
    assert np.all(np.diff(falling[~before & ~ends][2:]) < 0)
    np.testing.assert_allclose(falling.max() - falling[ends], points, atol=0.01)
    return None


def test_treatment_changes_as_much_by_either_account_and_nobody_falls_below_nothing():
    limit, gain = np.array([4.0, 22.0, 60.0]), np.full((3, AGES.size), 2.0)
    changed = []
    for decline in (False, True):
        curve = function.Curve.of_level(5, decline)
        untreated = function.follow(curve, limit, AGES, 0 * gain)
        assert np.all(untreated >= 0)
        changed.append(function.follow(curve, limit, AGES, gain) - untreated)
    np.testing.assert_allclose(changed[0], changed[1], atol=1e-9)


def test_a_lasting_gain_is_reached_and_a_brief_one_fades():
    curve, limit = function.Curve.of_level(2), np.full(2, 60.0)
    gain = np.zeros((2, AGES.size))
    gain[0] = 3
    gain[1, (AGES > 4) & (AGES < 5)] = 3
    found = function.follow(curve, limit, AGES, gain) - function.follow(curve, limit, AGES, 0 * gain)
    assert found[0, -1] == pytest.approx(3, abs=0.01)
    assert 0.5 < found[1].max() < 3 and found[1, -1] < 0.01


def test_untreated_children_lose_the_range_of_the_record_whatever_the_share_of_tone():
    """A12, fitted: 19 deg (14 to 24) from birth to 18 y, of which healthy children lose a part."""
    record = get("development.range_loss")
    for loss in (14.0, record.value, 24.0):
        found = growth.grow(bone(), TONE, fitted(loss), NONE, NONE)
        whole = found.dorsiflexion_loss_deg[:, -1] + growth.healthy_loss_deg(AGES[-1:])
        np.testing.assert_allclose(whole, loss, atol=1e-9)


def test_one_set_of_numbers_gives_both_mice():
    """A13, fitted: 16 % short untreated, at most 3 % with an early injection."""
    assert growth.mouse_shortness(0) == pytest.approx(0.16, abs=0.005)
    assert growth.mouse_shortness(growth.mouse_block()) <= 0.03


def test_four_years_of_injections_from_two_gain_little_at_eighteen():
    """A15, a test: 28 % of the tone blocked, every six months; under 2 deg at 18 y whatever phi."""
    between = (AGES[1:] + AGES[:-1]) / 2
    block = np.where((between > 2) & (between < 6), 0.28, 0.0)[None]
    p = fitted()
    untreated = growth.grow(bone(), TONE, p, NONE, NONE).dorsiflexion_loss_deg[:, -1]
    treated = growth.grow(bone(), TONE, p, block, 0 * block).dorsiflexion_loss_deg[:, -1]
    gain = untreated - treated
    assert gain[0] == 0 and np.all(np.diff(gain) > 0)
    assert np.all(gain < MOST_GAINED_DEG)


@pytest.mark.parametrize(
    ("start", "stop", "told"),
    [
        (2, 6, (0, 0.1, 0.4, 0.8)),
        (4, 8, (0, 0.1, 0.4, 0.9)),
        (10, 14, (0, 0.1, 0.3, 0.7)),
        (1, 16, (0, 0.4, 1.2, 2.6)),
    ],
)
def test_the_table_of_the_docs_is_what_the_equation_gives(start, stop, told):
    """docs/development.md, to the decimals told: 28 % of the tone blocked between two ages, by phi."""
    between = (AGES[1:] + AGES[:-1]) / 2
    block = np.where((between > start) & (between < stop), 0.28, 0.0)[None]
    lost = [growth.grow(bone(), TONE, fitted(), b, NONE).dorsiflexion_loss_deg[:, -1] for b in (NONE, block)]
    np.testing.assert_allclose((lost[0] - lost[1])[:4], told, atol=0.051)


def test_without_tone_toxin_saves_nothing_and_unloading_only_costs():
    p = fitted()
    calm = growth.Growing(p.resting, 0 * p.by_tone, np.full(PHI.size, 0.2))
    untreated, treated = (growth.grow(bone(), TONE, calm, NONE, NONE + b).deficit[:, -1] for b in (0.0, 0.3))
    assert np.all(treated > untreated)
    silent = growth.grow(bone(), 0 * TONE, p, NONE + 1, NONE).deficit[:, -1]
    np.testing.assert_allclose(silent, growth.grow(bone(), 0 * TONE, p, NONE, NONE).deficit[:, -1])


def test_sarcomeres_are_longer_where_the_muscle_is_shorter():
    found = growth.grow(bone(), TONE, fitted(), NONE, NONE)
    np.testing.assert_allclose(found.sarcomere_ratio, 1 / (1 - found.deficit))
    assert np.all(found.sarcomere_ratio[:, 0] == 1)


def test_halving_the_step_changes_less_than_one_percent():
    """A19: two steps a month against one."""
    p = fitted()
    fine = np.linspace(0, 18, 433)
    twice = growth.grow(
        bone_length(fine, False, 2), growth.spasticity(fine), p, np.zeros((1, 432)), np.zeros((1, 432))
    ).deficit[:, -1]
    once = growth.grow(bone(), TONE, p, NONE, NONE).deficit[:, -1]
    np.testing.assert_allclose(twice, once, rtol=0.01)


def test_spasticity_rises_to_its_peak_and_falls_to_the_later_share():
    peak, late = value("development.tone.peak_age"), value("development.tone.late_age")
    assert growth.spasticity(np.array([peak]))[0] == 1 and TONE.max() <= 1
    assert growth.spasticity(np.array([late, 30.0])) == pytest.approx(
        [value("development.tone.late_share")] * 2
    )
    rising = np.searchsorted(AGES, peak)
    assert np.all(np.diff(TONE[:rising]) >= 0) and np.all(np.diff(TONE[rising:]) <= 0)


@pytest.mark.parametrize("account", ["early", "departs"])
def test_both_accounts_of_volume_end_at_the_deficit_of_adolescents(account):
    late = value("development.volume.late_age"), value("development.volume.late_share")
    share = growth.volume_share(np.array([0.5, 3.0, late[0], 18.0]), account)
    assert share[2:] == pytest.approx([late[1]] * 2)
    assert (share[0] == 1) == (account == "departs")


@pytest.mark.parametrize("female", [True, False])
def test_bones_grow_with_the_standard(female):
    length = bone(female)
    assert length[0] == 1 and np.all(np.diff(length) >= 0)
    assert length[AGES == 2][0] == pytest.approx(1 / value("development.length_at_birth"))
    later = bone_length(AGES[AGES >= 3], female, 2)
    np.testing.assert_allclose(later, length[AGES >= 3])
