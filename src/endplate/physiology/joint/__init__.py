"""The spastic joint: Hill muscles on a planar joint, stretched by an examiner against a delayed reflex."""

from endplate.physiology.joint.geometry import (
    exponential_torque_Nm,
    linear_torque_Nm,
    moment_arm_cm,
    path_length_change_cm,
)
from endplate.physiology.joint.planar import (
    JointState,
    Parameters,
    Stretch,
    condition,
    earliest_catch_deg,
    stretch_profiles,
)

__all__ = [
    "JointState",
    "Parameters",
    "Stretch",
    "condition",
    "earliest_catch_deg",
    "exponential_torque_Nm",
    "linear_torque_Nm",
    "moment_arm_cm",
    "path_length_change_cm",
    "stretch_profiles",
]
