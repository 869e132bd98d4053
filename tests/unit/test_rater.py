"""The ordinal rater, agreement between ratings, and who is let in by a recorded grade."""

import numpy as np
import pytest

from endplate.knowledge.vocabulary import JOINTS, SCALES
from endplate.knowledge.vocabulary.anatomy import limb_of
from endplate.physiology import scales
from endplate.physiology.scales import agreement as agreed

GRADES = np.linspace(0, 4, 33)
PEOPLE = agreed.Population(2.0, 1.0)


def rater(between, within, size=1):
    return scales.Rater(np.full(size, between), np.full(size, within))


@pytest.mark.parametrize("scale", scales.GRADED)
def test_without_noise_the_nearest_category_is_recorded(scale):
    held = scales.categories_of(scale)
    nearest = np.abs(GRADES[:, None] - held.true_grade).argmin(axis=1)
    between = np.isclose(GRADES[:, None], held.thresholds).any(axis=1)  # midpoints go either way
    place = scales.recorded_place(held, GRADES, np.zeros_like(GRADES))
    assert (place == nearest)[~between].all()
    p = scales.category_probabilities(rater(0, 0), held, GRADES[None, :])
    assert (p[0].argmax(axis=1) == place)[~between].all()
    assert p[0].max(axis=1)[~between] == pytest.approx(1)


@pytest.mark.parametrize("scale", scales.GRADED)
def test_every_category_is_recorded_at_its_own_true_grade(scale):
    held = scales.categories_of(scale)
    assert scales.recorded_grade(held, held.true_grade, np.zeros(len(held.labels))).tolist() == list(
        SCALES[scale].coding.values()
    )


@pytest.mark.parametrize("scale", scales.GRADED)
def test_probabilities_add_to_one_and_rise_with_the_true_grade(scale):
    held = scales.categories_of(scale)
    p = scales.category_probabilities(
        scales.Rater(np.array([0.1, 0.5, 2.0]), np.array([0.2, 0.0, 1.0])), held, np.tile(GRADES, (3, 1))
    )
    assert p.shape == (3, GRADES.size, len(held.labels))
    assert p.sum(axis=-1) == pytest.approx(1)
    at_most = p.cumsum(axis=-1)
    assert (np.diff(at_most, axis=1) <= 1e-12).all()


def test_probabilities_are_the_shares_of_many_ratings():
    held, rng = scales.categories_of("modified_ashworth"), np.random.default_rng(1)
    who = rater(0.3, 0.4, 200_000)
    true = np.full(200_000, 1.6)
    seen = scales.recorded_place(held, true, rng.normal(size=true.size) * who.total_sd_grade)
    shares = np.bincount(seen, minlength=6) / true.size
    assert shares == pytest.approx(
        scales.category_probabilities(rater(0.3, 0.4), held, np.array([[1.6]]))[0, 0], abs=0.005
    )
    mean = scales.expected_grade(held, np.array([1.6]), np.array([0.5]))[0]
    assert mean == pytest.approx(held.codes[seen].mean(), abs=0.01)


def test_two_codings_of_one_scale_record_the_same_labels():
    one, other = scales.categories_of("modified_ashworth"), scales.categories_of("mas_0_5")
    noise = np.random.default_rng(2).normal(size=GRADES.size) / 2
    assert one.labels == other.labels
    assert (scales.recorded_place(one, GRADES, noise) == scales.recorded_place(other, GRADES, noise)).all()


def test_a_scale_without_grades_has_no_categories():
    with pytest.raises(KeyError):
        scales.categories_of("tardieu_angle")


def test_the_grade_behind_a_record_is_as_likely_as_it_makes_the_record():
    """Against true grades drawn alike, recorded, and kept where the record is the one asked for."""
    rng, rater = np.random.default_rng(0), scales.Rater(np.array([0.1]), np.array([0.4]))
    alike = rng.uniform(0.5, 4, 400_000)
    categories = scales.categories_of("modified_ashworth")
    deviation = rng.normal(0, rater.total_sd_grade[0], alike.size)
    written = scales.recorded_grade(categories, alike, deviation)
    many = scales.Rater(*(np.full(4001, sd[0]) for sd in (rater.between_sd_grade, rater.within_sd_grade)))
    share = (np.arange(4001) + 0.5) / 4001
    for coded in (1.0, 1.5, 2.0, 3.0, 4.0):
        found = scales.true_behind(many, "modified_ashworth", coded, np.full(4001, 0.5), share)
        kept = alike[written == coded]
        np.testing.assert_allclose(
            np.quantile(found, [0.1, 0.5, 0.9]), np.quantile(kept, [0.1, 0.5, 0.9]), atol=0.02
        )


def test_every_joint_has_a_limb_and_legs_another_rater():
    assert {limb_of(joint) for joint in JOINTS} <= {"upper", "lower"}
    assert (limb_of("wrist"), limb_of("ankle")) == ("upper", "lower")
    p = scales.RaterParameters(np.array([0.1]), np.array([0.2]), np.array([2.0]))
    assert p.rater_at("ankle").within_sd_grade == pytest.approx(2 * p.rater_at("elbow").within_sd_grade)
    assert p.rater_at("elbow").total_sd_grade < p.rater_at("ankle").total_sd_grade


# ---- agreement -----------------------------------------------------------------------------------


def table(between, within, *, same=False, scale="modified_ashworth", people=PEOPLE):
    return agreed.two_ratings(scales.categories_of(scale), people, between, within, same_rater=same)


@pytest.mark.parametrize("statistic", sorted(agreed.STATISTICS))
def test_agreement_is_whole_without_noise_and_falls_with_it(statistic):
    codes = scales.categories_of("modified_ashworth").codes
    found = [agreed.STATISTICS[statistic](table(0, noise), codes) for noise in (0, 0.2, 0.4, 0.8, 1.6)]
    assert found[0] == pytest.approx(1)
    assert (np.diff(found) < 0).all()


def test_one_rater_agrees_more_with_himself_than_two_with_each_other():
    for statistic in agreed.STATISTICS.values():
        codes = scales.categories_of("ashworth").codes
        inter, intra = (
            statistic(table(0.5, 0.3, same=same, scale="ashworth"), codes) for same in (False, True)
        )
        assert inter < intra


def test_statistics_of_a_table_known_by_hand():
    """Two raters, two categories, 0.4 and 0.4 alike, 0.1 and 0.1 not: kappa = tau-b = rho = ICC = 0.6."""
    by_hand, codes = np.array([[0.4, 0.1], [0.1, 0.4]]), np.array([0.0, 1.0])
    found = {name: read(by_hand, codes) for name, read in agreed.STATISTICS.items()}
    assert found.pop("agreement") == pytest.approx(0.8)
    assert list(found.values()) == pytest.approx([0.6] * len(found))


def test_statistics_are_those_of_many_ratings():
    from scipy import stats

    rng, cells = np.random.default_rng(3), table(0.3, 0.4)
    drawn = rng.choice(cells.size, size=4000, p=cells.ravel())
    one, other = np.unravel_index(drawn, cells.shape)
    assert agreed.tau_b(cells) == pytest.approx(stats.kendalltau(one, other).statistic, abs=0.03)
    assert agreed.spearman(cells) == pytest.approx(stats.spearmanr(one, other).statistic, abs=0.03)


# ---- enrolment -----------------------------------------------------------------------------------


def let_in(least, scale="ashworth"):
    return scales.Enrolment(scales.categories_of(scale), least)


def test_whoever_is_let_in_has_the_least_grade_recorded():
    rng, true = np.random.default_rng(4), np.linspace(0, 4, 500)
    who = let_in(2.0)
    deviation = who.deviation(true, np.full(500, 0.4), rng.random(500))
    assert scales.recorded_grade(who.categories, true, deviation).min() == 2
    free = let_in(None).deviation(true, np.full(500, 0.4), rng.random(500))
    assert scales.recorded_grade(who.categories, true, free).min() == 0


def test_a_rater_who_is_never_off_lets_people_in_by_the_least_deviation():
    found = let_in(2.0).deviation(np.array([1.0, 3.0]), np.zeros(2), np.array([0.5, 0.5]))
    assert found == pytest.approx([0.5, 0.0], abs=1e-4)


def test_deviations_of_those_let_in_are_those_of_a_trial_that_sends_people_away():
    """The exact draw against plain rejection, in both parts of the deviation."""
    rng, size = np.random.default_rng(5), 400_000
    who, true = rater(0.3, 0.4, size), np.full(size, 1.3)
    kept, first = rng.normal(size=size) * 0.3, rng.normal(size=size) * 0.4
    inside = 1.3 + kept + first >= let_in(2.0).threshold
    deviation = let_in(2.0).deviation(true, who.total_sd_grade, rng.random(size))
    ours, visit = scales.split_deviation(who, deviation, rng.normal(size=size))
    for exact, drawn in ((kept[inside], ours), (first[inside], visit)):
        assert drawn.mean() == pytest.approx(exact.mean(), abs=0.005)
        assert drawn.std() == pytest.approx(exact.std(), abs=0.005)


def fall(between, within, least, true=2.0):
    """Expected later minus expected baseline grade of untreated people whose true grade does not change."""
    grade = np.array([true])
    who = let_in(least)
    before, after = scales.expected_at_visits(rater(between, within), who.categories, who, grade, grade)
    return float((after - before)[0])


def test_regression_to_the_mean_needs_a_criterion_and_noise_and_grows_with_noise():
    assert fall(0.3, 0.5, None) == pytest.approx(0, abs=0.01)
    assert fall(0, 0, 2.0) == pytest.approx(0, abs=1e-6)
    assert fall(0.5, 0, 2.0) == pytest.approx(0, abs=0.01)  # what a rater keeps does not regress
    falls = [fall(0, within, 2.0) for within in (0.2, 0.4, 0.8, 1.6)]
    assert (np.diff(falls) < 0).all()
    assert falls[0] < 0


def test_expected_grades_of_the_enrolled_are_the_means_of_many():
    rng, size = np.random.default_rng(6), 200_000
    who, true, later = let_in(2.0), np.full(size, 1.4), np.full(size, 1.1)
    off = rater(0.3, 0.4, size)
    deviation = who.deviation(true, off.total_sd_grade, rng.random(size))
    kept, first = scales.split_deviation(off, deviation, rng.normal(size=size))
    before = scales.recorded_grade(who.categories, true, kept + first).mean()
    after = scales.recorded_grade(who.categories, later, kept + 0.4 * rng.normal(size=size)).mean()
    expected = scales.expected_at_visits(rater(0.3, 0.4), who.categories, who, true[:1], later[:1])
    assert [float(part[0]) for part in expected] == pytest.approx([before, after], abs=0.02)


@pytest.mark.parametrize(
    ("scale", "least", "mean", "sd"),
    [("ashworth", 2.0, 2.9, 0.6), ("ashworth", None, 2.4, 0.8), ("mas_0_5", 2.0, 3.3, 0.9)],
)
def test_true_grades_give_back_the_recorded_ones(scale, least, mean, sd):
    """People of the true grades found, rated by who let them in, have the printed mean and spread."""
    who, off = let_in(least, scale), rater(0.2, 0.3)
    centre, spread = scales.true_of_recorded(off, who, mean, sd)
    rng, size = np.random.default_rng(7), 100_000
    true = scales.within_scale(centre + spread * rng.normal(size=size))
    deviation = who.deviation(true, np.full(size, off.total_sd_grade[0]), rng.random(size))
    seen = scales.recorded_grade(who.categories, true, deviation)
    assert seen.mean() == pytest.approx(mean, abs=0.05)
    assert seen.std() == pytest.approx(sd, abs=0.05)
