"""What an examiner records: grades, catch (R1), end of range (R2), their noise, and goals attained."""

from endplate.physiology.scales.asking import Asking, asks_again_d
from endplate.physiology.scales.drift import Drift
from endplate.physiology.scales.enrolment import (
    Enrolment,
    expected_at_visits,
    split_deviation,
    true_of_recorded,
)
from endplate.physiology.scales.examiner import (
    CODED_GRADES,
    Parameters,
    grade_of_torque,
    torque_of_grade,
    visit_change,
)
from endplate.physiology.scales.goal_attainment import GoalConstants, goal_t_score
from endplate.physiology.scales.normal import share_below
from endplate.physiology.scales.rater import (
    GRADED,
    LEAST_SD,
    TRUE_SCALE,
    Angles,
    Categories,
    Rater,
    RaterParameters,
    categories_of,
    category_probabilities,
    expected_grade,
    probabilities,
    recorded_grade,
    recorded_place,
    true_behind,
    within_scale,
)
from endplate.physiology.scales.recall import Recall, log_density

__all__ = [
    "CODED_GRADES",
    "GRADED",
    "LEAST_SD",
    "TRUE_SCALE",
    "Angles",
    "Asking",
    "Categories",
    "Drift",
    "Enrolment",
    "GoalConstants",
    "Parameters",
    "Rater",
    "RaterParameters",
    "Recall",
    "asks_again_d",
    "categories_of",
    "category_probabilities",
    "expected_at_visits",
    "expected_grade",
    "goal_t_score",
    "grade_of_torque",
    "log_density",
    "probabilities",
    "recorded_grade",
    "recorded_place",
    "share_below",
    "split_deviation",
    "torque_of_grade",
    "true_behind",
    "true_of_recorded",
    "visit_change",
    "within_scale",
]
