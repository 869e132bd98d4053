"""Notes beside results: which account ran, what lies outside the model, was not stated, is known to miss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from endplate.knowledge.evidence.trace import UNMEASURED
from endplate.outputs import phrases
from endplate.outputs.language import N_, _

Document = Mapping[str, Any]

DRIVERS: Final = N_(
    "Each parameter alone at its 10 % and 90 % point, the others at their medians. Medians of inputs do not "
    "give the median of an output, so these rows lie about another middle than the tables above."
)
LEARNT: Final = N_(
    "A run draws from what calibration learnt where that is shown (median, 10 % to 90 %), and from the "
    "record's own distribution elsewhere."
)
KNOWN_MISSES: Final = N_(
    "Known misses: the largest effect may come too early here. Hamjian 1994 reported it on day 21 in a foot "
    "muscle, where the model has about day 7; Sloop 1996 reported day 6, as the model has. See endplate "
    "reproduce studies/hamjian1994.yaml studies/sloop1996.yaml. The catch (R1) moves too little: Gracies "
    "2015 reported 27 to 30 deg at the fingers, where the model has about 5 (studies/gracies2015.yaml)."
)
_ACCOUNTS: Final = {
    "parent_first": N_(
        "Recovery: the parent terminal leads (sprouts add little release). The other account, in which "
        "sprouts lead, gives shorter effects; what was learnt from studies was learnt under the first."
    ),
    "sprouts_first": N_(
        "Recovery: sprouts lead (they transmit while the parent terminal is silent). The other account, in "
        "which the parent terminal leads, gives longer effects; what was learnt from studies was learnt "
        "under that other one."
    ),
}


def recovery(simulation: Document) -> str:
    """Which account of recovery ran, and what the other would change; empty if the result does not say."""
    told = _ACCOUNTS.get(str((simulation.get("biology") or {}).get("recovery")), "")
    return told and _(told)


def outside_model(document: Document) -> str:
    """That a caution lies outside the model, for a screen; empty where none does."""
    named = ", ".join(phrases.words(caution) for caution in document["outside_model"])
    return f"Outside the model: {named}. What is simulated does not represent this person." if named else ""


def unmeasured(document: Document) -> int:
    """How many of the records that an answer rests on nobody measured."""
    return sum(row["basis"] in UNMEASURED for row in document.get("evidence", ()))


def given(simulation: Document, field: str, text: str) -> str:
    """A value of the case as it was stated, or that it was not and what it was taken as.

    Args:
        simulation: the result, which names the fields that were not stated.
        field: place in the case file, such as ``plan.guidance``.
        text: the value in words.
    """
    return _("not stated; taken as {text}", text=text) if field in simulation.get("not_stated", ()) else text
