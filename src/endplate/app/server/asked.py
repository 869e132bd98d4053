"""What a request may hold, beside a case."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from endplate.app.server.settings import MOST_DRAWS, MOST_HORIZON_WK, MOST_LIVE_DRAWS

Document = dict[str, Any]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Number = Annotated[int, Field(ge=1, lt=2**31)]
Weeks = Annotated[int, Field(ge=1, le=MOST_HORIZON_WK)]
Language = Literal["en", "es"]
Sections = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)] | None
Kind = Literal["simulate", "run", "compare", "optimise", "individualise", "explain", "sensitivity", "develop"]


class Asked(BaseModel):
    """A request without keys that nobody knows."""

    model_config = ConfigDict(extra="forbid")


class OfCase(Asked):
    """A case: the case file as JSON."""

    case: Document


class Kept(OfCase):
    """A case to be kept, and what the file held when it was last seen.

    Attributes:
        known: version that the asker knows; empty where the file must not be there yet; without it what is
            there is replaced.
    """

    known: Annotated[str, Field(max_length=64)] | None = None


class ByWhom(Asked):
    """A change of the store, on behalf of somebody: a word for the audit, never a name."""

    who: Annotated[str, Field(max_length=40)] = "local"


class KeptPerson(ByWhom):
    """A case for the store.

    Attributes:
        case: of somebody new, or the next cycle of somebody known.
        version: of the person as it was read, for the next cycle; None for somebody new.
    """

    case: Document
    version: Number | None = None


class OfVersion(ByWhom):
    """A change of a person who is held.

    Attributes:
        version: of the person as it was read; refused if it has changed since.
        cycle: its number; the last one where none is given.
    """

    version: Number
    cycle: Number | None = None


class PlanOf(OfVersion):
    """A plan in place of that of a cycle: the plan section of a case."""

    case: Document


class Found(OfVersion):
    """A finding after the session: as a row of ``visits`` in a case file, and a note beside it."""

    finding: Document
    note: Annotated[str, Field(max_length=2000)] | None = None


class GivenOf(OfVersion):
    """What was given of one lot: day, lot, expiry, units given and discarded, injections, note."""

    record: Document


class RunOf(ByWhom):
    """A job whose result is to be recorded."""

    job: Annotated[str, Field(max_length=64)]


class Text(Asked):
    """The text of a case file."""

    yaml: Annotated[str, Field(max_length=1_000_000)]
    name: Annotated[str, Field(max_length=200)] = "case.yaml"


class Curves(OfCase):
    """Curves to be drawn at once."""

    draws: Annotated[int, Field(ge=1, le=MOST_LIVE_DRAWS)] = MOST_LIVE_DRAWS
    seed: Seed = 1
    horizon_wk: Weeks = 26


class Limb(OfCase):
    """A drawing of a limb."""

    segment: str | None = None
    side: Literal["left", "right"] | None = None
    view: Literal["front", "back", "section"] = "front"
    at: Annotated[float, Field(ge=0, le=1)] = 0.5


class Spread(OfCase):
    """Where one muscle's units go."""

    muscle: str
    side: Literal["left", "right"] | None = None


class Options(Asked):
    """How a long question is asked.

    Attributes:
        language: of a run's report, and of the words of ``explain``.
        sections: of a run's report.
        hoped: gain of the scale hoped for, of ``explain``; one step of the scale without it.
    """

    draws: Annotated[int, Field(ge=1, le=MOST_DRAWS)] | None = None
    seed: Seed = 1
    horizon_wk: Weeks = 26
    outcome: Annotated[str, Field(max_length=200)] | None = None
    hoped: Annotated[float, Field(gt=0, le=4)] | None = None
    front: Annotated[int, Field(ge=1, le=12)] = 1
    every_wk: Annotated[int, Field(ge=1, le=MOST_HORIZON_WK)] = 26
    stop_y: Annotated[float, Field(gt=0, le=100)] = 18.0
    language: Language = "en"
    sections: Sections = None


class Question(OfCase):
    """A long question."""

    kind: Kind
    cases: Annotated[list[Document], Field(max_length=4)] = []
    goals: Document | None = None
    options: Options = Options()


class Report(OfCase):
    """A printed report.

    Attributes:
        sections: those shown, by the ids that ``/api/meta`` tells; without it all.
    """

    draws: Annotated[int, Field(ge=1, le=MOST_DRAWS)] = 1000
    seed: Seed = 1
    horizon_wk: Weeks = 26
    language: Language = "en"
    sections: Sections = None


class Command(OfCase):
    """What would be typed to ask the same.

    Attributes:
        options: how ``develop`` is asked, and language and sections of the report of ``run``; without it, and
            for the other verbs, the command's own defaults.
    """

    verb: Literal[
        "run",
        "check",
        "simulate",
        "compare",
        "optimise",
        "individualise",
        "explain",
        "sensitivity",
        "develop",
    ]
    options: Options | None = None
