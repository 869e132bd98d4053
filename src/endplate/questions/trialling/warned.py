"""What a reader of a simulated trial must know beside its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from endplate.case.trial import Endpoint, Trial
from endplate.knowledge.evidence import load_posterior
from endplate.knowledge.units import PERCENT
from endplate.questions.reproducing.adverse import needs_force, setting_of
from endplate.questions.trialling.characteristics import Tally
from endplate.questions.trialling.doses import doses_told
from endplate.questions.trialling.told import summary_of

ANY = "any"
"""The setting of weakness that is told as studies differ."""


def warnings_of(trial: Trial, tally: Tally, cannot: Mapping[str, str], *, null: bool) -> list[str]:
    """Every warning, a sentence each.

    Args:
        trial: the trial.
        tally: of its replicates.
        cannot: endpoints that are not simulated and why.
        null: whether every arm got what the control gets.
    """
    told = [f"The endpoint {name!r} is not simulated: {reason}." for name, reason in cannot.items()]
    there = [each for each in trial.endpoints if each.endpoint not in cannot]
    for endpoint in there:
        told += _of_weakness(trial, tally, endpoint, null=null)
        told += _untested(trial, tally, endpoint)
    return [*told, *_of_design(trial, there), *doses_told(trial)]


def settings_of(trial: Trial, endpoint: Endpoint, *, null: bool) -> dict[str, str]:
    """The held study as in which weakness is told in every arm on toxin, or :data:`ANY`; else empty.

    Args:
        trial: the trial.
        endpoint: of which.
        null: whether every arm got what the control gets.
    """
    if not needs_force(endpoint.of_arm(trial.control.arm)):
        return {}
    study, unseen = trial.as_study(), bool(trial.published)
    gets = {arm.arm: trial.control if null else arm for arm in trial.arms}
    return {name: setting_of(study, arm, unseen=unseen) or ANY for name, arm in gets.items() if arm.product}


def _of_weakness(trial: Trial, tally: Tally, endpoint: Endpoint, *, null: bool) -> Iterator[str]:
    for arm, setting in settings_of(trial, endpoint, null=null).items():
        found = np.array(tally.means[endpoint.endpoint, arm])[:, 0]
        band = {name: PERCENT * (each or 0) for name, each in summary_of(found).items()}
        middle, low, high = (f"{band[name]:.0f}" for name in ("median", "p05", "p95"))
        rate = f"median of replicates {middle} %, 90 % of them {low} to {high} %"
        if setting == ANY:
            why = "no study of such people, limb, condition and product is held"
            yield f"Weakness in {arm!r} is told as studies differ, which is wide, for {why}: {rate}."
        else:
            yield f"Weakness in {arm!r} is told as readily reported as in {setting}: {rate}."


def _untested(trial: Trial, tally: Tally, endpoint: Endpoint) -> Iterator[str]:
    for arm in trial.compared:
        if tally.untested(endpoint.endpoint, arm.arm):
            why = "in no replicate do three people of each have a value, or the fit has no single answer"
            yield (
                f"{arm.arm!r} against {trial.control.arm!r} cannot be tested by {endpoint.endpoint!r}: {why}."
            )


def _of_design(trial: Trial, there: list[Endpoint]) -> Iterator[str]:
    """What the file asks for that says less than it seems to."""
    if trial.published and not load_posterior(spare=True).has_seen(trial.trial):
        yield (
            f"Calibration read no study with the id {trial.trial!r}: nothing is left out of what it learnt. "
            "A published trial that it did read needs the id of its study file."
        )
    if trial.published and trial.interims:
        yield "What is found again is counted in the fixed design, without the interim looks."
    if not trial.raters_blinded:
        yield "Raters know the arm: no source held says by how much that moves their grades."
    if len(trial.arms) < 2:
        yield "One arm alone: nothing is compared."
    for each in there:
        if each.measure == "onset":
            whom = "those in whom weakness or benefit begins at all"
            yield f"The endpoint {each.endpoint!r} is compared among {whom}."
    if trial.analysis.sides == 1:
        yield "One-sided tests: a difference for the worse is not looked for."
    yield from _after_visits(trial)


def _after_visits(trial: Trial) -> Iterator[str]:
    """Endpoints of a day after the last visit, when nobody is seen."""
    last = max(trial.visits, key=lambda visit: visit.to("d").value, default=None)
    for each in trial.endpoints:
        if last is not None and each.at is not None and each.at.to("d").value > last.to("d").value:
            when = f"Visits end at {last}, and {each.endpoint!r} is at {each.at}"
            yield f"{when}: it is told as if people came then."
