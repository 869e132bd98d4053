"""What an examiner records: grades, catch (R1), end of range (R2), their noise, and goals attained."""

from endplate.physiology.scales.examiner import (
    CODED_GRADES,
    Parameters,
    grade_of_torque,
    torque_of_grade,
    visit_change,
)
from endplate.physiology.scales.goal_attainment import GoalConstants, goal_t_score

__all__ = [
    "CODED_GRADES",
    "GoalConstants",
    "Parameters",
    "goal_t_score",
    "grade_of_torque",
    "torque_of_grade",
    "visit_change",
]
