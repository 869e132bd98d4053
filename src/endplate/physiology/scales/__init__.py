"""What an examiner records: Ashworth grades, the catch (R1), the end of range (R2) and their noise."""

from endplate.physiology.scales.examiner import (
    CODED_GRADES,
    Parameters,
    grade_of_torque,
    read_stretch,
    torque_at,
    torque_of_grade,
    visit_change,
)

__all__ = [
    "CODED_GRADES",
    "Parameters",
    "grade_of_torque",
    "read_stretch",
    "torque_at",
    "torque_of_grade",
    "visit_change",
]
