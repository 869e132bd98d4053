r"""How often events are reported: on placebo, and what the drug adds, learnt from placebo-controlled rows.

.. math:: \operatorname{logit} p_{kj} = a + \sigma_s d_k + [\sigma_u u_p + \sigma_v v_j]

for arm j of study k, one event in adults or in children: a on placebo in the typical study, d the study's
own, and for arms on toxin u of the product and v of the arm (its dose, limb, age and study). All of u and v
are about nothing: where rows do not speak for an increment, little is left of it. Events share only the
centre and the five spreads, which :mod:`endplate.questions.calibrating.adverse` fits. The posterior is
Gaussian about its mode (Laplace), worked out from the rows whenever asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.knowledge.evidence.adverse import AdverseRow, Counts, load_adverse
from endplate.knowledge.vocabulary import EVENTS

Array = NDArray[np.float64]

WEAKNESS = "muscle_weakness"
_STEPS = 50
_SETTLED = 1e-9


@dataclass(frozen=True)
class Spreads:
    """Centre and spreads, on logits, that all events share.

    Attributes:
        mean: an event on placebo in the typical study.
        event: standard deviation of that between events.
        study: between studies of one event on placebo.
        summary: between studies of a count over all events, which hangs on how people are asked.
        product: of what a product adds.
        arm: of what an arm adds beyond its product.
    """

    mean: float
    event: float
    study: float
    summary: float
    product: float
    arm: float


USED = (
    "adverse.logit_mean",
    "adverse.logit_event_sd",
    "adverse.logit_study_sd",
    "adverse.logit_summary_sd",
    "adverse.increment_sd",
    "adverse.increment_arm_sd",
)
"""Records of the spreads, in their order."""


def spreads() -> Spreads:
    """The spreads as fitted."""
    return Spreads(*(value(record_id) for record_id in USED))


def fitted_rows(event: str, people: str, without: str | None = None) -> tuple[AdverseRow, ...]:
    """The placebo-controlled rows of an event that the posterior reads.

    Args:
        event: as in the vocabulary.
        people: ``adults`` or ``children``.
        without: a study left out.
    """
    return tuple(
        row
        for row in load_adverse()
        if row.used == "fit" and (row.event, row.people) == (event, people) and row.study != without
    )


def weakness_rows(
    product: str, people: str, limbs: Iterable[str], without: str | None = None
) -> tuple[AdverseRow, ...]:
    """The fitted rows of weakness in a product, such people and one of these limbs.

    Args:
        product: as in the vocabulary.
        people: ``adults`` or ``children``.
        limbs: ``upper``, ``lower`` or both.
        without: a study left out.
    """
    wanted = tuple(limbs)
    rows = fitted_rows(WEAKNESS, people, without)
    return tuple(row for row in rows if row.product == product and row.is_about(product, people, wanted))


def weakness_setting(rows: Iterable[AdverseRow], condition: str | None) -> str | None:
    """The study as in which weakness is told: the first of the rows in this condition; None without one."""
    return next((row.study for row in rows if row.condition == condition), None)


@dataclass(frozen=True)
class Rates:
    """The posterior of one event.

    Attributes:
        names: of the unknowns: ``background``, ``study/...``, ``product/...`` and ``arm/...``.
        mode: of the unknowns, (unknowns,).
        root: of their covariance, (unknowns, unknowns).
        spreads: those that all events share.
        study_sd: that of this event between studies.
        log_evidence: of the rows, up to a constant.
    """

    names: tuple[str, ...]
    mode: Array
    root: Array
    spreads: Spreads
    study_sd: float
    log_evidence: float

    def drawn(self, scores: Array) -> Array:
        """The unknowns at standard normal scores (draws, unknowns), same shape."""
        return np.asarray(self.mode + scores @ self.root.T)

    def background(self, unknowns: Array, study_score: Array) -> Array:
        """Logit on placebo in a study of its own, (draws,)."""
        return np.asarray(unknowns[:, 0] + self.study_sd * study_score)

    def increment(self, unknowns: Array, product: str, arm: str | None, fresh: Array) -> Array:
        """What the drug adds to the logit, (draws,).

        Args:
            unknowns: as drawn, (draws, unknowns).
            product: one without a row is drawn about nothing.
            arm: id of the row whose dose, limb and age it is; a fresh arm without one.
            fresh: standard normal scores of a product and an arm that no row tells of, (draws, 2).
        """
        own = self._column(unknowns, f"product/{product}", self.spreads.product * fresh[:, 0])
        return own + self._column(unknowns, f"arm/{arm}", self.spreads.arm * fresh[:, 1])

    def _column(self, unknowns: Array, name: str, otherwise: Array) -> Array:
        return unknowns[:, self.names.index(name)] if name in self.names else otherwise


@lru_cache(maxsize=256)
def rates(event: str, people: str, without: str | None = None) -> Rates | None:
    """The posterior of an event; None where no row with a placebo group is held.

    Args:
        event: as in the vocabulary.
        people: ``adults`` or ``children``.
        without: a study left out.
    """
    rows = fitted_rows(event, people, without)
    return posterior(rows, spreads()) if rows else None


def posterior(rows: Sequence[AdverseRow], held: Spreads) -> Rates:
    """The posterior that placebo-controlled rows of one event give.

    Of weakness only the placebo groups are read: what the drug adds there follows from lost force.
    """
    design, names, counts = _design(rows)
    study_sd = held.summary if EVENTS[rows[0].event].kind == "summary" else held.study
    centre = np.zeros(len(names))
    centre[0] = held.mean
    own = {"background": held.event, "study": study_sd, "product": held.product, "arm": held.arm}
    precision = np.array([own[name.partition("/")[0]] ** -2.0 for name in names])
    events = np.array([seen.events for seen in counts], dtype=np.float64)
    people = np.array([seen.n for seen in counts], dtype=np.float64)
    mode = _mode(design, events, people, centre, precision)
    curved = _curvature(design, people, mode, precision)
    logits = design @ mode
    likely = float(events @ logits - people @ np.logaddexp(0, logits))
    off = float(precision @ (mode - centre) ** 2)
    evidence = likely + (np.log(precision).sum() - off - np.linalg.slogdet(curved)[1]) / 2
    root = np.linalg.inv(np.linalg.cholesky(curved)).T
    return Rates(names, mode, root, held, study_sd, float(evidence))


def _design(rows: Sequence[AdverseRow]) -> tuple[Array, tuple[str, ...], list[Counts]]:
    """Which unknowns make the logit of each group, (groups, unknowns), and the counts of the groups."""
    seen: dict[tuple[str, ...], Counts] = {}
    for row in rows:
        study = f"study/{row.study}/{row.age_low_y}"
        if row.control is not None:
            seen["background", study] = row.control
        if row.counts is not None and row.event != WEAKNESS:
            seen["background", study, f"product/{row.product}", f"arm/{row.id}"] = row.counts
    names = tuple(dict.fromkeys(["background", *(name for parts in seen for name in parts)]))
    design = np.array([[float(name in parts) for name in names] for parts in seen])
    return design, names, list(seen.values())


def _mode(design: Array, events: Array, people: Array, centre: Array, precision: Array) -> Array:
    """Where the log posterior, which is concave, is largest, by Newton's steps, (unknowns,)."""
    at = centre.copy()
    for _ in range(_STEPS):
        slope = design.T @ (events - people * logistic(design @ at)) - precision * (at - centre)
        step = np.linalg.solve(_curvature(design, people, at, precision), slope)
        at = at + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < _SETTLED:
            break
    return at


def _curvature(design: Array, people: Array, at: Array, precision: Array) -> Array:
    """Minus the second derivatives of the log posterior, (unknowns, unknowns)."""
    share = logistic(design @ at)
    return np.asarray((design.T * (people * share * (1 - share))) @ design + np.diag(precision))


def logistic(logit: Array) -> Array:
    """Probability of a logit, same shape."""
    return np.asarray(1 / (1 + np.exp(-logit)))
