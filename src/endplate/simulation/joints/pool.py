"""The joints that a person's may be: drawn and stretched once per process, whoever is examined.

Joints are drawn in worlds. Within a world they share what nobody knows (laws of muscle, typical gain) and
differ as people do; a virtual copy takes its joint from one world, so that the copies of one draw agree on
what is not known. All sizes are those of the table's adult: a smaller body of the same shape has the same
fibre lengths over optimal ones at every angle, and torques in proportion to its mass; the examiner's hand
stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import PRIOR, get
from endplate.physiology import scales
from endplate.physiology.joint import response
from endplate.simulation.blocks import side_by_side
from endplate.simulation.joints import examined
from endplate.simulation.joints.mechanics import gain_record, mechanics
from endplate.simulation.parameters import draw, drawn, shared_scores, stream, values

Array = NDArray[np.float64]

WORLDS = 8
_EACH = 32
_SEED = 1


@dataclass(frozen=True)
class JointPool:
    """Joints of one movement, by world and within it by passive torque.

    Attributes:
        muscles: those stretched, in order.
        responses: what the joints answer.
        strength_Nm: largest isometric torque of the muscles stretched, of the joint in the middle.
        weight: isometric torque of each muscle of each joint over that of all, (joints, muscles).
        median_gain: median reflex gain of each joint's world, (joints,).
        sd_log_gain: spread of the gain between people.
        used: records that the joints were drawn from.
    """

    muscles: tuple[str, ...]
    responses: response.Responses
    strength_Nm: float
    weight: Array
    median_gain: Array
    sd_log_gain: float
    used: tuple[str, ...]

    def places(self, shared: NDArray[np.int64] | None, copies: int) -> NDArray[np.int64]:
        """First joint and the one after the last that each copy may have, (copies, 2).

        Args:
            shared: which of the things that nobody knows each copy has, (copies,); None: each its own.
            copies: how many.
        """
        if shared is None:
            return np.tile(np.array([0, WORLDS * _EACH]), (copies, 1))
        first = shared % WORLDS * _EACH
        return np.stack([first, first + _EACH], axis=1)


@dataclass(frozen=True)
class _Worlds:
    """Where the numbers of the joints come from: their priors, shared within a world, own within it."""

    size: int = WORLDS * _EACH
    used: set[str] = field(default_factory=set)
    shared = None
    one_joint = False

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every joint, (size,)."""
        self.used.add(record_id)
        record = get(record_id)
        return drawn(
            record,
            self.size,
            lambda: np.repeat(shared_scores(PRIOR, record, _SEED, WORLDS, key), _EACH),
            lambda: self.normal(f"{record_id}/{key}", 1)[:, 0],
        )

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        return stream(_SEED, f"joints/{process}").standard_normal((self.size, count))

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        return stream(_SEED, f"joints/{process}").random((self.size, count))


@cache
def joint_pool(joint: str, movement: str) -> JointPool:
    """The joints of a movement.

    Raises:
        LookupError: the geometry tables lack its axis or all of its muscles.
    """
    worlds = _Worlds()
    held = mechanics(joint, movement, worlds, contracture=worlds.of("joint.contracture_extent"))
    if held is None:
        raise LookupError(f"no muscle with a moment arm resists {movement} of the {joint}")
    examiner = draw(examined.Parameters, worlds)
    weight = held.isometric_Nm
    strength = float(np.median(weight.sum(axis=1)))
    hand_Nm = draw(scales.Parameters, worlds).hand_Nm(strength)
    end = np.maximum(examiner.end_Nm(hand_Nm), held.healthy_Nm[:, -1])
    found = response.tabulate(held.joint, held.spinal, held.examiner, held.healthy_Nm, end, side_by_side)
    record = get(gain_record(joint))
    shared = np.repeat(shared_scores(PRIOR, record, _SEED, WORLDS), _EACH)
    median = values(record, np.zeros(worlds.size), shared)
    order = np.lexsort((found.excess_Nm, np.arange(worlds.size) // _EACH))
    shares = weight / weight.sum(axis=1, keepdims=True)
    spread = record.distribution.sd_log or 0.0
    return JointPool(
        held.muscles, found.rows(order), strength, shares[order], median, spread, tuple(sorted(worlds.used))
    )
