"""The spastic joint: Hill muscles across tabled geometry, stretched against delayed reflexes."""

from endplate.physiology.joint.geometry import (
    exponential_torque_Nm,
    linear_torque_Nm,
    moment_arm_cm,
    path_length_change_cm,
)

__all__ = [
    "exponential_torque_Nm",
    "linear_torque_Nm",
    "moment_arm_cm",
    "path_length_change_cm",
]
