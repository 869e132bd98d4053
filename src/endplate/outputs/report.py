"""The report: one self-contained HTML page made from finished results, never recomputed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from jinja2 import Template
from markupsafe import Markup

from endplate.case import parse_quantity
from endplate.case.models import ADULT_Y
from endplate.outputs import adverse, cycles, needles, notes, phrases, plan_page
from endplate.outputs.charts import joint_panels, muscle_panels, place
from endplate.outputs.language import N_, _, figures, quantity, speaking, spoken, unit
from endplate.outputs.pages import environment
from endplate.outputs.svg import bar

Document = Mapping[str, Any]

SECTIONS: Final = {
    "person": N_("Person and plan"),
    "sites": N_("Where the needles go"),
    "checks": N_("Checks against the rules held"),
    "course": N_("When it acts, and for how long"),
    "sessions": N_("Session by session"),
    "charts": N_("Charts over time"),
    "visits": N_("What the visits taught"),
    "plans": N_("Plans searched"),
    "neighbours": N_("Neighbouring muscles"),
    "adverse": N_("Adverse events"),
    "drivers": N_("What drives the uncertainty"),
    "store": N_("Recorded in the store"),
    "record": N_("Record at injection"),
    "followup": N_("Follow-up dates"),
    "sources": N_("What this rests on"),
}
"""What may be left out of a report, with its title; the banner, the advice on harm, how many findings there
are, the critical ones and what lies outside the model always stand."""
_SIMULATED = ("sessions", "charts", "neighbours", "adverse", "drivers")

_DRIVERS_SHOWN = 5
_PLAN_FACTS = ("product", "jurisdiction", "indication", "dilution", "guidance", "vials", "co_therapy")
_WORDS = {"manual": N_("by hand")}
_LABELS = {"gmfcs": N_("GMFCS level"), "co_therapy": N_("therapy beside it")}
MARKS: Final = {"critical": "\N{MULTIPLICATION SIGN}", "warning": "!", "info": "\N{MIDDLE DOT}"}
_APART = ("code", "cautions", "asked")


def render_report(
    case: Document,
    check: Document,
    simulation: Document,
    *,
    individualise: Document | None = None,
    optimise: Document | None = None,
    store: Document | None = None,
    left_out: Sequence[Document] = (),
    drawings: Sequence[Document] = (),
    language: str = "en",
    sections: Collection[str] | None = None,
) -> str:
    """One HTML page.

    Args:
        case: the case as its file holds it, quantities as text; keys may be absent.
        check: the ``check`` document.
        simulation: the ``simulate`` document.
        individualise: the ``individualise`` document, shown as what the visits taught.
        optimise: the ``optimise`` document, shown as plans searched.
        store: what the store holds of the person, as ``run --store`` tells it.
        left_out: questions that could not be asked: ``question``, ``message`` and ``remedy`` of each.
        drawings: limbs with the needles of the plan, as ``endplate.app.drawings`` makes them.
        language: one of ``endplate.outputs.language.LANGUAGES``.
        sections: those of `SECTIONS` to be shown, where there is something to show; without it all.
    """
    shown = tuple(SECTIONS) if sections is None else tuple(sections)
    with speaking(language):
        asked = individualise, optimise, store
        return _page(case, check, simulation, asked, left_out, drawings, shown)


def _page(
    case: Document,
    check: Document,
    simulation: Document,
    asked: tuple[Document | None, Document | None, Document | None],
    left_out: Sequence[Document],
    drawings: Sequence[Document],
    shown: Collection[str],
) -> str:
    """The page in the language spoken."""
    horizon_d = simulation["t_d"][-1]
    beside = None
    if any(asked) or left_out:
        from endplate.outputs.run_sections import sections

        beside = sections(*asked, left_out, bool(simulation.get("cycles")))
    return _template().render(
        **(beside or {}),
        beside=beside,
        language=spoken(),
        shown=shown,
        told_of="course" not in shown and any(name in shown for name in _SIMULATED),
        critical=critical_of(check, simulation),
        answers=answers_of(case["patient"], check),
        patient=case["patient"],
        **_case_parts(case, simulation),
        check=check,
        drawings=drawings,
        doses=plan_page.dose_table(check, case.get("plan") or {}),
        as_written=plan_page.differs_as_written(check, case.get("plan") or {}),
        follow_up=plan_page.follow_up(case.get("plan") or {}),
        cycle=plan_page.cycle(case),
        identity=plan_page.identity(simulation["inputs"]) if "inputs" in simulation else "",
        counts={level: _count(check, level) for level in MARKS},
        simulation=simulation,
        horizon=phrases.weeks(horizon_d),
        horizon_d=horizon_d,
        least=partial(cycles.lowest, simulation),
        muscle_panels=muscle_panels(simulation, cycles.given(simulation)) if "charts" in shown else (),
        joint_panels=joint_panels(simulation, cycles.given(simulation)) if "charts" in shown else (),
        cycles=_cycles(simulation),
        drivers=[{**group, "rows": _with_bars(group["rows"])} for group in drivers_of(simulation)],
        recovery=notes.recovery(simulation),
        boxed_events=adverse.boxed(simulation),
        other_events=adverse.lines(simulation),
        unsure=notes.unmeasured(simulation),
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    made = environment()
    made.filters.update(
        share=phrases.share,
        inline=phrases.inline,
        amount=phrases.units,
        range=phrases.summary_range,
        percent=phrases.summary_percent,
        source=_source,
        learnt=_learnt,
    )
    made.globals.update(
        clock=phrases.clock,
        clock_names=phrases.CLOCKS,
        lowest=phrases.lowest,
        units=phrases.units,
        label_use=phrases.label_use,
        source_read=phrases.source_read,
        place=place,
        marks=MARKS,
        notes=notes,
        zip=zip,
        plan_page=plan_page,
        needles=needles,
        adverse=adverse,
        given=_given,
    )
    return made.get_template("report.html.j2")


def _given(session: Document) -> str:
    """What an earlier session gave: its total, else its injections."""
    shots = [
        f"{phrases.words(row['muscle'])} {quantity(str(row['dose']))}"
        for row in session.get("injections") or ()
    ]
    return quantity(str(session.get("total") or "")) or ", ".join(shots) or _("dose not stated")


def _case_parts(case: Document, simulation: Document) -> dict[str, Any]:
    """What the page says about the case, whichever of its sections are there."""
    patient, plan = case["patient"], case.get("plan") or {}
    injections = [_injection(row) for row in plan.get("injections") or ()]
    return {
        "code": patient["code"],
        "child": is_child(patient),
        "plan": plan,
        "product": plan.get("product") or "",
        "patient_facts": _facts(patient, [key for key in patient if key not in _APART]),
        "plan_facts": plan_facts(plan, simulation),
        "injections": injections,
        "own_fluid": any(row["fluid"] for row in injections),
        "assessment": [finding_of(row) for row in case.get("assessment") or ()],
        "goals": case.get("goals") or (),
        "history": case.get("history") or (),
    }


def plan_facts(plan: Document, simulation: Document) -> list[tuple[str, str]]:
    """What the plan states besides its doses, in words; what it does not, as it was taken."""
    return [
        (label, notes.given(simulation, f"plan.{key}", text))
        for key in _PLAN_FACTS
        for label, text in _facts(plan, (key,))
    ]


def _facts(section: Document, keys: Any) -> list[tuple[str, str]]:
    """Label and text of each key that holds something."""
    return [
        (_(_LABELS[key]) if key in _LABELS else phrases.words(key), _text(section[key]))
        for key in keys
        if _told(section.get(key))
    ]


def _told(held: Any) -> bool:
    return held is not None and held != "" and held not in ([], ())


def _text(held: Any) -> str:
    """A value of the case file as words."""
    if isinstance(held, (list, tuple)):
        return ", ".join(_text(part) for part in held)
    if isinstance(held, float):
        return figures(f"{held:g}")
    return _(_WORDS[str(held)]) if str(held) in _WORDS else quantity(phrases.words(held))


def _learnt(row: Document) -> str:
    """A record's value, and what calibration taught of it where it did."""
    held = row.get("learnt")
    taught = ""
    if held:
        middle, low, high = (figures(f"{held[key]:.3g}") for key in ("p50", "p10", "p90"))
        taught = "; " + _("learnt {middle} ({low} to {high})", middle=middle, low=low, high=high)
    name = "" if row["unit"] == "1" else unit(row["unit"])
    return f"{figures(format(row['value'], '.4g'))}{taught} {name}".strip()


def _injection(row: Document) -> dict[str, str]:
    both = f", {_('dose to each side')}" if row.get("side") == "bilateral" else ""
    return {
        "place": f"{phrases.muscle_side(row['muscle'], row.get('side'))}{both}",
        "dose": quantity(str(row["dose"])),
        "sites": str(row.get("sites") or 1),
        "fluid": quantity(str(row.get("volume") or row.get("dilution") or "")),
        "at": _("{place} of the belly", place=row["at"]) if row.get("at") else _("endplate zone"),
    }


def finding_of(row: Document) -> dict[str, str]:
    """One finding of the examination in words."""
    tardieu = row.get("tardieu") or {}
    scale = f" ({phrases.scale_words(row['scale'])})" if row.get("scale") else ""
    grade = f"{row['value']}{scale}" if _told(row.get("value")) else ""
    return {
        "date": str(row.get("date") or ""),
        "joint": phrases.joint_side(row["joint"], None, row.get("side")),
        "movement": phrases.words(row.get("movement") or ""),
        "grade": grade,
        "r1": quantity(str(tardieu.get("r1") or "")),
        "r2": quantity(str(tardieu.get("r2") or "")),
    }


def _count(check: Document, severity: str) -> int:
    return sum(issue["severity"] == severity for issue in check["issues"])


def critical_of(check: Document, simulation: Document) -> list[Document]:
    """The critical findings of the plan and of how it is repeated."""
    repeated = (simulation.get("repeat") or {}).get("issues", ())
    return [issue for issue in (*check["issues"], *repeated) if issue["severity"] == "critical"]


def answers_of(patient: Document, check: Document) -> list[tuple[str, str]]:
    """Every caution with the answer: present, ruled out, or not asked."""
    open_ones = (check.get("selection") or {}).get("not_asked", ())
    return [
        *((phrases.words(caution), _("present")) for caution in patient.get("cautions") or ()),
        *((phrases.words(caution), _("no")) for caution in patient.get("asked") or ()),
        *((phrases.words(caution), _("not asked")) for caution in open_ones),
    ]


def _cycles(simulation: Document) -> dict[str, Any] | None:
    """What the page says about several sessions; None where the plan is given once."""
    if not simulation.get("cycles"):
        return None
    tables = [cycles.sessions(simulation), *cycles.effects(simulation)]
    told = {"note": cycles.notes(simulation), "first": cycles.FIRST, "tables": tables}
    return told | {"issues": simulation["repeat"].get("issues", ())}


def drivers_of(simulation: Document) -> list[dict[str, Any]]:
    """For every joint (or muscle where no joint was assessed) the parameters that move it most."""
    groups: dict[str, list[dict[str, Any]]] = {}
    kind = "joint" if simulation["joints"] else "muscle"
    for row in simulation.get("drivers", ()):
        if kind in row:
            name = f"{place(row)}: {_outcome(row['outcome'])}"
            groups.setdefault(name, []).append(row)
    return [{"name": name, "rows": rows[:_DRIVERS_SHOWN]} for name, rows in groups.items()]


def _outcome(told: str) -> str:
    """What a driver moves, such as ``scale_change at day 28``."""
    name, at, day = told.partition(" at day ")
    outcome = phrases.words(name)
    return _("{outcome} at day {day}", outcome=outcome, day=day) if at else outcome


def _with_bars(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    most = max(abs(row["swing"]) for row in rows) or 1
    return [{**row, "bar": Markup(bar(abs(row["swing"]) / most))} for row in rows]


def is_child(patient: Document) -> bool:
    """Whether the age is given and lies below eighteen years."""
    return bool(patient.get("age")) and parse_quantity(patient["age"]).to("y").value < ADULT_Y


def _source(held: Any) -> dict[str, Any]:
    """Citation, address and date of a source, given as a mapping, as text or not at all."""
    told = held if isinstance(held, Mapping) else {"citation": held}
    return {key: told.get(key) for key in ("citation", "url", "date")}
