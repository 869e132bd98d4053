"""Where the limb muscles lie and how they pull.

Segments, one schematic body per muscle and structures to keep away from; moment arms, tendons, joint axes and
the passive torque of the healthy joint.
"""

from typing import TYPE_CHECKING

from endplate._lazy import on_first_use
from endplate.knowledge.anatomy.bodies import (
    Body,
    Bone,
    Landmark,
    Segment,
    Structure,
    bodies_of,
    body,
    load_bodies,
    load_segments,
    load_structures,
    structures_of,
)
from endplate.knowledge.anatomy.tables import load_sources

if TYPE_CHECKING:
    from endplate.knowledge.anatomy.geometry import (
        axes_of,
        load_axes,
        load_departures,
        load_moment_arms,
        load_passive,
        load_tendons,
        moment_arm,
        muscles_crossing,
    )
    from endplate.knowledge.anatomy.geometry_rows import (
        Axis,
        MomentArm,
        Passive,
        PassiveTerm,
        PathDeparture,
        Tendon,
    )

__all__ = [
    "Axis",
    "Body",
    "Bone",
    "Landmark",
    "MomentArm",
    "Passive",
    "PassiveTerm",
    "PathDeparture",
    "Segment",
    "Structure",
    "Tendon",
    "axes_of",
    "bodies_of",
    "body",
    "load_axes",
    "load_bodies",
    "load_departures",
    "load_moment_arms",
    "load_passive",
    "load_segments",
    "load_sources",
    "load_structures",
    "load_tendons",
    "moment_arm",
    "muscles_crossing",
    "structures_of",
]

_ROWS = ("Axis", "MomentArm", "Passive", "PassiveTerm", "PathDeparture", "Tendon")
_JOINTS = (
    "axes_of",
    "load_axes",
    "load_departures",
    "load_moment_arms",
    "load_passive",
    "load_tendons",
    "moment_arm",
    "muscles_crossing",
)
__getattr__ = on_first_use(
    __name__,
    {
        **dict.fromkeys(_ROWS, "endplate.knowledge.anatomy.geometry_rows"),
        **dict.fromkeys(_JOINTS, "endplate.knowledge.anatomy.geometry"),
    },
)
