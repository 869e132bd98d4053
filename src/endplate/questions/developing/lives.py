"""Lives of developing animals: what is done to one, between what ages, and what its circuit comes to.

The one place where conditions of an experiment turn into days and epochs of a circuit: the acceptance
experiments and the study files both go through it. Ages are in the unit of the circuit's window: days for
reflexes and whiskers, weeks for the motor map. A span acts from its first age to before its last, in whole
days or half days and half weeks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.physiology.development import body_map, map_metrics, reflex_network
from endplate.physiology.development.clock import Window, window

Array = NDArray[np.float64]
Span = tuple[float, float]
Read = Callable[[str], float]
"""The number of an evidence record: its value, or one of the values that it may have."""

SIDE = 16  # units along one side of a map
EPOCH = 1 / 2  # length of an epoch, d or wk
VOLLEYS = {"mouse": 500, "cat": 250}  # per epoch
ACROSS_ROWS, ROWS, ALONG = 2, 5, 8  # receptors: whiskers in five rows
ACROSS_LIMB, LIMB = 5, 2  # receptors: a limb of a proximal and a distal part
LESIONED = 2  # the middle row
DISTAL = 1
_LEVEL = 1e-9  # a pool that pulls straight up or down counts to neither side
CLOSED = 1e-9  # plasticity below which nothing more is followed
_REFLEX = ("bias", "scatter", "learning", "noise", "gain")
_MAP = (
    "threshold",
    "conscience",
    "pace",
    "volley_width",
    "reach_closed",
    "reach_open",
    "prior_width",
    "prior_noise",
)


def limb_sheet() -> body_map.Body:
    """The body sheet of a limb: a proximal and a distal part."""
    return body_map.strips(LIMB, ACROSS_LIMB, ALONG, SIDE)


def one_side(limb: reflex_network.Limb) -> Array:
    """Pools that pull to one side, the spastic one, (pools,): 1 or 0."""
    return np.asarray(limb.pull[:, 0] > _LEVEL, dtype=np.float64)


def child_window(middle_y: float) -> Window:
    """A child's window that closes about an age."""
    return Window("y", middle_y, value("windows.child.slope_share") * middle_y, 0.0)


def child_rule(middle_y: float) -> body_map.Rule:
    """The kitten's rule, as fast as a child's window is longer."""
    kitten = window("kitten_map", "wk").middle - value("experiments.kitten.start")
    return body_map.Rule(value("body_map.learning.cat") * kitten / middle_y)


@dataclass(frozen=True)
class ReflexLife:
    """A rat whose withdrawal reflexes tune; ages in days.

    Attributes:
        until: when the reflexes are looked at.
        numb: skin numb to touch between these ages.
        turned: touch on the wrong side between them.
        cut: age at which the spinal cord was cut, for good.
    """

    until: float
    numb: Span | None = None
    turned: Span | None = None
    cut: float | None = None


@dataclass(frozen=True)
class WhiskerLife:
    """A mouse whose whisker map forms; ages in days.

    Attributes:
        until: when the map is looked at.
        lesion: age at which the middle row was destroyed, for good.
    """

    until: float
    lesion: float | None = None


@dataclass(frozen=True)
class MotorLife:
    """A kitten whose motor map forms; ages in weeks.

    Attributes:
        until: when the map is looked at.
        toxin: the distal limb blocked between these ages.
        block: share of its movement that toxin takes; the record's where not given.
        training: the distal limb trained between these ages.
        silent: the cortex itself silenced: no unit answers or learns.
    """

    until: float
    toxin: Span | None = None
    block: float | None = None
    training: Span | None = None
    silent: Span | None = None


Life = ReflexLife | WhiskerLife | MotorLife


def _within(time: Array, span: Span | None) -> NDArray[np.bool_]:
    """Which times lie in a span; none where there is none."""
    if span is None:
        return np.zeros(time.shape, dtype=np.bool_)
    return np.asarray((time >= span[0]) & (time < span[1]))


def _last(held: Window, until: float) -> float:
    """The age up to which a life is followed: none of what comes after its window can change it."""
    if held.floor > 0 or not np.isfinite(held.middle):
        return until
    return float(min(until, held.middle - held.slope * np.log(CLOSED)))


def reflexes(
    life: ReflexLife, seeds: int, *, of: Read = value, first_seed: int = 0
) -> tuple[reflex_network.Limb, Array]:
    """The reflexes of rats at the end of a life, (seeds, pools, sites), and their limb.

    Args:
        life: what was done.
        seeds: animals.
        of: numbers of the records.
        first_seed: the same seed meets the same chance, whatever is done.
    """
    limb = reflex_network.ring()
    rule = reflex_network.Rule(*(of(f"reflexes.{name}") for name in _REFLEX))
    born = reflex_network.newborn(limb, rule, seeds, first_seed)
    held, start = window("rat_reflex", "d", of), of("experiments.reflex.start")
    last = _last(held, life.until)
    if last <= start:
        return limb, born
    time = np.arange(start, last)
    touch = 1.0 - _within(time, life.numb) - 2 * _within(time, life.turned)
    lesion = np.zeros(time.shape) if life.cut is None else (time >= life.cut).astype(np.float64)
    over = reflex_network.days(limb, held, start, last, touch=touch[:, None], lesion=lesion)
    return limb, reflex_network.live(limb, rule, over, born, first_seed=first_seed)


def _map_rule(of: Read, species: str) -> body_map.Rule:
    return body_map.Rule(of(f"body_map.learning.{species}"), *(of(f"body_map.{name}") for name in _MAP))


def whiskers(
    life: WhiskerLife, seeds: int, *, of: Read = value, first_seed: int = 0
) -> tuple[body_map.Body, Array]:
    """The whisker maps of mice at the end of a life, (seeds, units, receptors).

    Args:
        life: what was done.
        seeds: animals.
        of: numbers of the records.
        first_seed: the same seed meets the same chance.
    """
    body = body_map.strips(ROWS, ACROSS_ROWS, ALONG, SIDE)
    rule, held = _map_rule(of, "mouse"), window("mouse_barrel", "d", of)
    born = body_map.newborn(body, rule, seeds, first_seed)
    edges = np.arange(0, _last(held, life.until) + EPOCH / 2, EPOCH)
    if len(edges) < 2:
        return body, born.weights
    live = np.ones((len(edges) - 1, ROWS))
    if life.lesion is not None:
        live[edges[:-1] >= life.lesion, LESIONED] = 0
    over = body_map.epochs(body, held, edges, live=live, rate=live)
    done = {"volleys": VOLLEYS["mouse"], "first_seed": first_seed}
    return body, body_map.grow(body, rule, over, born, **done).weights


def motor(
    life: MotorLife,
    seeds: int,
    *,
    of: Read = value,
    first_seed: int = 0,
    own_window: Window | None = None,
    parts: int = 1,
    finer: int = 1,
) -> tuple[body_map.Body, Array]:
    """The motor maps of kittens at the end of a life, (seeds, units, receptors).

    Args:
        life: what was done.
        seeds: animals.
        of: numbers of the records.
        first_seed: the same seed meets the same chance; training adds volleys and so shifts it.
        own_window: instead of the kitten's own.
        parts: steps into which the change by one volley is cut.
        finer: how many times as many volleys, each of a smaller step.
    """
    body = limb_sheet()
    rule, held = _map_rule(of, "cat"), own_window or window("kitten_map", "wk", of)
    born = body_map.newborn(body, rule, seeds, first_seed)
    edges = np.arange(of("experiments.kitten.start"), _last(held, life.until) + EPOCH / 2, EPOCH)
    if len(edges) < 2:
        return body, born.weights
    time = edges[:-1]
    block, rate = np.zeros((len(time), LIMB)), np.ones((len(time), LIMB))
    share = of("experiments.kitten.block") if life.block is None else life.block
    block[_within(time, life.toxin), DISTAL] = share
    rate[_within(time, life.training), DISTAL] = of("experiments.kitten.training")
    alive = 1.0 - _within(time, life.silent)[:, None]
    over = body_map.epochs(body, held, edges, block=block, rate=rate, alive=alive)
    done = {"volleys": VOLLEYS["cat"] * finer, "first_seed": first_seed, "parts": parts}
    return body, body_map.grow(body, rule, over, born, **done).weights


def seen(life: Life, seeds: int, of: Read = value, first_seed: int = 0) -> dict[str, Array]:
    """What studies report of a life, (seeds,) each, by measure.

    Of reflexes the share of stimuli answered by a movement towards them; of maps the area of the part that
    was treated (the middle row, the distal limb) and, of the motor map, the share of sites without effect.

    Args:
        life: what was done.
        seeds: animals.
        of: numbers of the records.
        first_seed: of the animals' chance.
    """
    if isinstance(life, ReflexLife):
        tuned = reflexes(life, seeds, of=of, first_seed=first_seed)
        return {"reflex_error": reflex_network.error_rate(*tuned)}
    if isinstance(life, WhiskerLife):
        grown = whiskers(life, seeds, of=of, first_seed=first_seed)
        return {"map_area": map_metrics.area(*grown)[:, LESIONED]}
    grown = motor(life, seeds, of=of, first_seed=first_seed)
    silent = map_metrics.ineffective(*grown, of("body_map.drive_threshold"))
    return {"map_area": map_metrics.area(*grown)[:, DISTAL], "ineffective_fraction": silent}
