"""One scored outcome in words: what was measured, observed, simulated, and how the two compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from endplate.knowledge.vocabulary import EVENTS, canonical_event, measure_unit
from endplate.outputs import phrases

Row = Mapping[str, Any]

_MEASURES = {
    "cmap_ratio": "CMAP over untreated",
    "emg_ratio": "EMG over untreated",
    "ed50": "dose of half effect (ED50)",
    "ic50": "concentration of half effect (IC50)",
    "smd": "standardised difference",
    "peak": "day of the largest effect",
    "half_time": "half-time of paralysis",
    "reinjected_by": "injected again by then",
    "responder_fraction": "share of responders",
    "antibody_fraction": "share with antibodies",
    "adverse_fraction": "share with the event",
    "cleaved_ratio": "SNAP-25, cleaved over intact",
    "scale_change": "change",
    "scale_value": "value",
    "scale_auc": "area under the change",
    "reflex_error": "withdrawals towards the stimulus",
    "map_area_ratio": "area on the map over a normal animal's",
    "ineffective_fraction": "sites without effect",
    "length_deficit": "muscle shorter than bone by",
    "growth_deficit": "growth of muscle lost",
    "dorsiflexion_change": "change of dorsiflexion",
    "muscle_volume_change": "change of muscle volume",
    "normalised_volume_change": "change of muscle volume over bone length",
    "hip_migration": "head of the femur uncovered",
    "hip_migration_rate": "head of the femur uncovered, a year",
    "gross_motor_change": "change of gross motor function",
}

_CLOCKS = {"cmap": "CMAP", "force": "force", "scale": "scale", "patient": "as the patient tells it"}
_SCALES = {"mas_0_5": "modified Ashworth coded 0 to 5", "tardieu_angle": "Tardieu"}


def number(held: float | None) -> str:
    """Three significant digits with a true minus; a dash where there is none."""
    if held is None:
        return "\N{EN DASH}"
    text = f"{held:.0f}" if abs(held) >= 100 else f"{held:.3g}"
    return "0" if float(text) == 0 else text.replace("-", phrases.MINUS)


def what(row: Row) -> str:
    """The measure with its scale and place."""
    plain = phrases.words(row["measure"]).replace(" ratio", " over untreated")
    measure = _MEASURES.get(row["measure"], plain)
    scale = scale_name(row["scale"]) if row.get("scale") else ""
    place = row.get("joint") or row.get("muscle")
    told = (measure, _CLOCKS.get(row.get("of") or "", ""), scale, _event(row.get("event")), place or "")
    named = ", ".join(phrases.words(part) for part in told if part)
    young = row.get("developing")
    return f"{named} [{young['subject']}, {young['standing']}]" if young else named


def scale_name(scale: str) -> str:
    """A scale as a reader knows it."""
    return _SCALES.get(scale, phrases.scale_words(scale))


def _event(spelling: str | None) -> str:
    """An adverse event in words; as it is spelt where it is not known."""
    known = canonical_event(spelling or "")
    return EVENTS[known].name if known else spelling or ""


def unit(row: Row) -> str:
    """The unit of an outcome's numbers: its own, else that of its scale or family."""
    return measure_unit(row["measure"], row["scale"], row["unit"])


def arm(row: Row) -> str:
    """The arm, or the two whose difference it is."""
    return f"{row['arm']} against {row['versus']}" if row["versus"] else str(row["arm"])


def at(row: Row) -> str:
    """When it was measured, or within what time the largest effect was looked for; empty if not held."""
    within = "within " if row["at"] and row["measure"] == "peak" else ""
    return f"{within}{row['at'] or ''}".replace(" ", phrases.SPACE)


def observed(row: Row) -> str:
    """The value printed by the study, with its unit, or the bound where no value was."""
    bounds = (("\N{LESS-THAN SIGN}", "at_most"), ("\N{GREATER-THAN SIGN}", "at_least"))
    told = [f"{sign} {number(row[name])}" for sign, name in bounds if row.get(name) is not None]
    if told:
        return ", ".join(told).replace(" ", phrases.SPACE)
    return f"{number(row['observed'])} {row['unit'] or ''}".strip().replace(" ", phrases.SPACE)


def interval(row: Row) -> str:
    """Median and 80 % interval that the model gives the same number; empty where it is not simulated."""
    found = row["predicted"]
    if not found:
        return ""
    span = f"{number(found['p10'])} to {number(found['p90'])}".replace(" ", phrases.SPACE)
    return f"{number(found['p50'])} ({span})"


def verdict(row: Row) -> str:
    """Where the observed value lies: inside, above or below the interval; of a bound, whether it is kept."""
    if row["cannot"] is not None or row["predicted"] is None:
        return "not simulated"
    if is_bound(row):
        return "kept" if row["inside_80"] else "broken"
    if row["observed"] is None or row["inside_80"]:
        return "inside" if row["inside_80"] else "not observed"
    return "above" if row["observed"] > row["predicted"]["p90"] else "below"


def is_miss(row: Row) -> bool:
    """Whether the observed value lies outside its interval, or the simulated median breaks the bound."""
    return verdict(row) in ("above", "below", "broken")


def is_bound(row: Row) -> bool:
    """Whether a bound or a direction was printed instead of a number."""
    return row.get("at_most") is not None or row.get("at_least") is not None


def totals(told: Row) -> str:
    """How many of the simulated outcomes lie inside, and how many were not simulated, in one sentence."""
    left = told["outcomes"] - told["simulated"]
    bounds = told.get("bounds", 0)
    inside, scored = told["inside_80"] - told.get("bounds_kept", 0), told["scored"] - bounds
    kept = f", and {told['bounds_kept']} of {bounds} bounds are kept" if bounds else ""
    return (
        f"{inside} of the {scored} values simulated lie inside their 80 % interval{kept}; "
        f"{left} of {told['outcomes']} are not simulated."
    )


SHARES = ("drug", "placebo", "regression", "rater", "total")


def with_shares(studies: Iterable[Row]) -> list[tuple[Row, Row]]:
    """Every outcome that tells what its change is made of, with its study."""
    return [(study, row) for study in studies for row in study["outcomes"] if row.get("change_shares")]


def by_reason(studies: Iterable[Row]) -> dict[str, dict[str, list[Row]]]:
    """What is not simulated: by reason, then by study."""
    found: dict[str, dict[str, list[Row]]] = {}
    for study in studies:
        for row in study["outcomes"]:
            if row["cannot"] is not None:
                found.setdefault(row["cannot"], {}).setdefault(study["study"], []).append(row)
    return found
