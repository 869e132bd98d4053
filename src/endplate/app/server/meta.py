"""What every page needs before the first question: words, wordings, examples, what is installed."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from itertools import takewhile
from typing import Any

from endplate._version import __version__
from endplate.app.examples import example
from endplate.app.plain import plain
from endplate.app.server.settings import MOST_DRAWS
from endplate.case.loader import load_case
from endplate.knowledge import vocabulary as words
from endplate.knowledge.evidence import value
from endplate.knowledge.labels.screening import must_ask
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.knowledge.vocabulary import patterns, wording
from endplate.outputs.language import LANGUAGES, N_, _, catalog, speaking
from endplate.outputs.report import SECTIONS
from endplate.questions.plausible import plausible
from endplate.simulation import MODEL_VERSION
from endplate.simulation.grounding import WORDS

_EXAMPLES = {
    "adult_arm": N_("Stroke, flexed elbow, wrist and fingers"),
    "adult_leg": N_("Stroke, equinovarus foot"),
    "child_calf": N_("Cerebral palsy, equinus, a child of six"),
    "adult_arm_visits": N_("An arm with follow-up visits"),
    "multilevel": N_("Arm and leg in one session"),
    "wrong_plan": N_("A plan with mistakes, to be found"),
}
_WORDINGS = (
    "BANNER",
    "RANGES",
    "SIMULATION",
    "OPTIMISER",
    "INDIRECT",
    "PRODUCT",
    "UNDER_18",
    "TRAINER",
    "REPORT",
    "PRIVACY",
    "AFTER_HARM",
    "DEVELOPMENT",
)
_BESIDE = ("sessions", "visits", "plans", "store")  # never in the report of one plan
PLAN_SECTIONS = tuple(name for name in SECTIONS if name not in _BESIDE)
"""Sections that the report of one plan can have."""
_EXTRAS = {"optimise": "pymoo", "sensitivity": "SALib", "store": "sqlalchemy", "pdf": "typst"}


@lru_cache(maxsize=len(LANGUAGES))
def meta(language: str) -> dict[str, Any]:
    """Words of the field, wordings, examples and extras, as JSON.

    Args:
        language: of the words and wordings.
    """
    with speaking(language):
        return _meta(language)


def _meta(language: str) -> dict[str, Any]:
    return {
        "version": __version__,
        "model_version": MODEL_VERSION,
        "wording": {name.lower(): _(getattr(wording, name)) for name in _WORDINGS},
        "terms": dict(catalog(language).words),
        "report_sections": [{"id": name, "title": _(SECTIONS[name])} for name in PLAN_SECTIONS],
        "vocabulary": _vocabulary(),
        "examples": [
            {"name": name, "title": _(title), "description": _first_sentence(name)}
            for name, title in _EXAMPLES.items()
        ],
        "languages": list(LANGUAGES),
        "plausible": plain(plausible()),
        "known": {letter: _(text) for letter, text in WORDS.items()},
        "develop": _develop(),
        "extras": {name: find_spec(module) is not None for name, module in _EXTRAS.items()},
    }


def _develop() -> dict[str, dict[str, float]]:
    """How a child is followed over years where nothing else is asked, and within which bounds."""
    from endplate.questions.develop import DRAWS, EVERY_D
    from endplate.questions.developing.child import UNTIL_Y
    from endplate.questions.developing.scenarios import MOST_D

    shortest = round(value("clinic.shortest_interval"))
    return {
        "every": {"usual": EVERY_D // DAYS_PER_WEEK, "least": shortest, "most": MOST_D // DAYS_PER_WEEK},
        "stop": {"usual": UNTIL_Y, "least": 1, "most": UNTIL_Y},
        "draws": {"usual": DRAWS, "least": 1, "most": MOST_DRAWS},
    }


def example_case(name: str) -> tuple[dict[str, Any], str] | None:
    """An example as a document and as its file's text; None where there is none of that name."""
    if name not in _EXAMPLES:
        return None
    with example(f"{name}.yaml") as path:
        return load_case(path).as_stated(), path.read_text(encoding="utf-8")


def _first_sentence(name: str) -> str:
    """The first sentence of the comment that an example begins with, over as many lines as it takes."""
    found = example_case(name)
    lines = found[1].splitlines() if found else []
    said = " ".join(line.lstrip("# ").strip() for line in takewhile(lambda line: line.startswith("#"), lines))
    return said.partition(". ")[0].rstrip(".") + "." if said else ""


def _vocabulary() -> dict[str, Any]:
    return {
        "products": [
            {"id": row.id, "brand": row.brand, "vials_U": list(row.vial_sizes_U), "unit_note": row.unit_note}
            for row in words.PRODUCTS.values()
        ],
        "muscles": [
            {"id": row.id, "limb": row.limb, "joints": list(row.joints), "actions": list(row.actions)}
            for row in words.MUSCLES.values()
            if row.id in words.LIMB_MUSCLES
        ],
        "groups": {name: list(members) for name, members in words.GROUPS.items()},
        "joints": [{"id": row.id, "movements": list(row.movements)} for row in words.JOINTS.values()],
        "scales": [
            {
                "id": row.id,
                "grades": list(row.grades),
                "min": row.minimum,
                "max": row.maximum,
                "unit": row.unit,
            }
            for row in words.SCALES.values()
        ],
        "conditions": list(words.CONDITIONS),
        "cautions": [{"id": name, "words": name.replace("_", " ")} for name in words.CAUTIONS],
        "must_ask": {sex: list(must_ask(sex)) for sex in ("female", "male")},
        "jurisdictions": list(words.JURISDICTIONS),
        "indications": list(words.INDICATIONS),
        "guidance": list(words.GUIDANCE),
        "co_therapy": list(words.CO_THERAPY),
        "goal_kinds": list(words.GOAL_KINDS),
        "sexes": list(words.SEXES),
        "visit_measures": list(words.VISIT_MEASURES),
        "patterns": _patterns(),
    }


def _patterns() -> list[dict[str, Any]]:
    """Every pattern with the muscles that its sources name; none is ranked, for the sources rank none."""
    found: dict[str, dict[str, Any]] = {}
    for link in patterns.load_links():
        row = found.setdefault(
            link.pattern,
            {"id": link.pattern, "words": link.pattern.replace("_", " "), "joint": link.joint, "muscles": []},
        )
        row["muscles"].append(
            {
                "muscle": link.muscle,
                "role": link.role,
                "movements": list(link.movements),
                "basis": link.basis,
                "source": {"citation": link.source[0], "url": link.source[1]},
            }
        )
    return list(found.values())
