"""The spastic joint: Hill muscles on a planar joint, stretched by an examiner against a delayed reflex."""

from endplate.physiology.joint.planar import (
    JointState,
    Parameters,
    Stretch,
    condition,
    earliest_catch_deg,
    stretch_profiles,
)

__all__ = ["JointState", "Parameters", "Stretch", "condition", "earliest_catch_deg", "stretch_profiles"]
