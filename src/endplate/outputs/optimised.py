"""A search for plans in words and tables: doses, shares of copies, limits, next session; screen and page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from endplate.knowledge.vocabulary.wording import BANNER, OPTIMISER, PRODUCT, RANGES, SIMULATION
from endplate.outputs import phrases
from endplate.outputs.language import N_, _, figures, told
from endplate.outputs.screen import new_console, print_table

Document = Mapping[str, Any]
Cells = Sequence[str]
Columns = Sequence[tuple[str, Document]]

OWN = "A"
_LETTERS = "BCDEFGHIJKLMNOPQRSTUVWXYZ"
_ON_SCREEN = 4  # plans beside the user's own
_BASES = ("primary", "secondary", "recalled", "not_held")
NO_PLAN = N_("No plan searched meets these goals within these limits.")
NOT_REACHED = N_("No plan searched reaches the targets in any copy.")
NOTHING_BINDS = N_("No limit binds: of the plans searched, none with more units does better.")
COLUMN_A = N_("A is the plan of the case file.")


def columns(document: Document, most: int | None = None) -> Columns:
    """The user's plan as A and the plans found after it, with their letters; at most so many found."""
    plans = document["plans"][:most]
    return [(OWN, document["own"]), *((letter(place), plan) for place, plan in enumerate(plans))]


def letter(place: int) -> str:
    """The letter of a plan found; B is the first."""
    turns, rest = divmod(place, len(_LETTERS))
    return _LETTERS[rest] + (str(turns + 1) if turns else "")


def answer(document: Document) -> list[str]:
    """The answer in sentences."""
    return [*_answer(document), *learnt_lines(document)]


def learnt_lines(document: Document) -> Iterator[str]:
    """Whose copies were searched, where visits of an earlier cycle taught."""
    if found := document["learnt_from"]:
        yield _(
            "Copies are of this person as {visits} findings after the session of {plan} taught ({method}, "
            "{copies} effective copies). Needles are placed anew; toxin left of earlier sessions is not "
            "counted, and joints start as that cycle found them before it.",
            visits=found["visits"],
            plan=found["plan"],
            method=found["method"],
            copies=f"{found['ess']:.0f}",
        )


def _answer(document: Document) -> list[str]:
    if document["feasible"]:
        best, own = document["plans"][0], document["own"]
        highest = _(
            "Plan B scores highest: targets reached in {best} of copies by weight, {own} under plan A.",
            best=phrases.share(best["goal_probability"]),
            own=phrases.share(own["goal_probability"]),
        )
        lead = OPTIMISER if any(plan["goal_probability"] for plan in document["plans"]) else NOT_REACHED
        lines = [f"{_(lead)} {highest}"]
        if own["critical"] or own["over_own_limits"]:
            lines.append(_("Plan A lies outside the limits that were searched within."))
        if any(document["goals"]["costs"].values()):
            lines.append(_("A score is the targets reached less the costs of the goals file."))
        return lines
    lines = [_(NO_PLAN)]
    if closest := document["closest"]:
        short = [row for row in (*closest["targets"], *closest["keep"]) if _lacks(row)]
        lines += [
            _(
                "The search came closest with {share} where {demanded} of copies were demanded: {aim}.",
                share=phrases.share(row["probability"]),
                demanded=phrases.share(row["demanded"]),
                aim=aim(row),
            )
            for row in short
        ]
    return lines


def _lacks(row: Document) -> bool:
    return row["demanded"] is not None and row["probability"] < row["demanded"]


def aim(row: Document) -> str:
    """A target, or something demanded, in words."""
    first, last = row["weeks"]
    weeks = _("weeks {first} to {last}", first=first, last=last)
    if row.get("kind") == "unwanted":
        most = phrases.share(row["at_most"])
        return _("no muscle left out loses over {share}, {weeks}", share=most, weeks=weeks)
    place = _joint(row)
    if row.get("kind") == "strength":
        least = phrases.share(row["at_least"])
        return _("{joint}: strength of at least {share}, {weeks}", joint=place, share=least, weeks=weeks)
    by = figures(f"{row['improve_by']:g}")
    return _("{joint}: grade lower by {grades}, mean of {weeks}", joint=place, grades=by, weeks=weeks)


def _joint(row: Document) -> str:
    """A joint with movement and side, without a comma."""
    joint = phrases.joint(row["joint"], row["movement"])
    return _("{joint} {side}", joint=joint, side=phrases.words(row["side"]))


def dose_rows(shown: Columns) -> list[Cells]:
    """Doses by muscle, then total, fluid, punctures and dilution."""
    places = dict.fromkeys((i["muscle"], i["side"]) for _head, plan in shown for i in plan["injections"])
    rows: list[Cells] = [
        (phrases.muscle_side(muscle, side), *(_dose(plan, muscle, side) for _head, plan in shown))
        for muscle, side in places
    ]
    rows.append((_("total"), *(phrases.units(plan["total_U"]) for _head, plan in shown)))
    rows.append((_("fluid"), *(f"{_short(plan['volume_mL'])}{phrases.SPACE}mL" for _head, plan in shown)))
    rows.append((_("punctures"), *(str(plan["punctures"]) for _head, plan in shown)))
    vials = [
        (len(plan["vials"]["fewest_vials_U"]), plan["vials"]["fewest_left_over_U"]) for _head, plan in shown
    ]
    rows.append((_("vials, left over"), *(f"{count}, {phrases.units(over)}" for count, over in vials)))
    return rows


def _dose(plan: Document, muscle: str, side: str) -> str:
    """Dose and sites of a muscle in a plan; a dash where it is not injected."""
    own = [row for row in plan["injections"] if (row["muscle"], row["side"]) == (muscle, side)]
    if not own:
        return phrases.value(None)
    sites = sum(row["sites"] or 1 for row in own)
    percents = (figures(f"{row['at_percent']:g}") for row in own if row["at_percent"] is not None)
    at = "".join(f", {_('at {place}', place=f'{percent} %')}" for percent in percents)
    return f"{phrases.units(sum(row['dose_U'] for row in own))} ({sites}{at})"


def _short(number: float) -> str:
    return figures(f"{number:.3g}")


def outcome_rows(shown: Columns) -> list[Cells]:
    """Shares of copies that reach targets and demands, and the worst unwanted weakness."""
    rows: list[Cells] = []
    first = shown[0][1]
    for name in ("targets", "keep"):
        for place, row in enumerate(first[name]):
            wanted = aim(row)
            if row["demanded"]:
                wanted += f" ({_('demanded {share}', share=phrases.share(row['demanded']))})"
            rows.append((wanted, *(phrases.share(plan[name][place]["probability"]) for _head, plan in shown)))
    rows.append((_("targets by weight"), *(phrases.share(plan["goal_probability"]) for _head, plan in shown)))
    worst = (phrases.summary_percent(plan["unwanted"]) for _head, plan in shown)
    rows.append((_("worst loss of force of a muscle left out, median (90 %)"), *worst))
    return rows


def limit_rows(shown: Columns) -> list[Cells]:
    """How many held limits on each plan were read where, and what the label code found."""
    rows: list[Cells] = [
        (phrases.words(basis), *(str(plan["limits"][basis]) for _head, plan in shown)) for basis in _BASES
    ]
    rows.append((_("critical findings"), *(str(plan["critical"]) for _head, plan in shown)))
    rows.append((_("warnings"), *(str(len(list(_found(plan, "warning")))) for _head, plan in shown)))
    over = [", ".join(plan["over_own_limits"]) or phrases.words("none") for _head, plan in shown]
    rows.append((_("your own limits exceeded"), *over))
    rows.append((_("label status"), *(phrases.words(plan["status"]) for _head, plan in shown)))
    return rows


def binding_lines(document: Document) -> Iterator[str]:
    """The limits that bind, one sentence each."""
    for row in document["binding"]:
        if row["value"] is None or row["limit"] is None:
            yield f"{told(row['what'])} [{row['rule']}]"
            continue
        own = _("your own limit") if row["basis"] == "user" else phrases.source_read(row)
        tighter = f", {_('tightened by you')}" if row["tightened"] else ""
        value, limit = figures(f"{row['value']:g}"), figures(f"{row['limit']:g}")
        numbers = _("{value} of at most {limit} {unit}", value=value, limit=limit, unit=row["unit"])
        source = f", {phrases.words(row['basis'])}: {row['source']['citation']}" if row["source"] else ""
        yield f"{told(row['what'])}: {numbers} ({own}{tighter}{source}) [{row['rule']}]"


def finding_lines(shown: Columns) -> Iterator[str]:
    """What the label code finds critical or warns of, with the plans that it concerns."""
    for severity in ("critical", "warning"):
        plans: dict[str, list[str]] = {}
        for head, plan in shown:
            for message in dict.fromkeys(_found(plan, severity)):
                plans.setdefault(message, []).append(head)
        for message, heads in plans.items():
            yield f"{phrases.words(severity).capitalize()} ({', '.join(heads)}): {message}"


def _found(plan: Document, severity: str) -> Iterator[str]:
    return (told(row["message"], row.get("said")) for row in plan["checks"] if row["severity"] == severity)


def next_lines(document: Document) -> Iterator[str]:
    """When the limits let the first plan be given again, and when its effect is modelled to be gone."""
    for plan in document["plans"][:1]:
        found = plan["next"]
        if found["earliest_by_limits"]:
            yield _(
                "Earliest date the limits allow for plan B again: {date} ({rules}).",
                date=found["earliest_by_limits"],
                rules=", ".join(found["rules"]),
            )
        else:
            why = told(found["why"])
            yield _("Earliest date the limits allow for plan B again: not known, {why}.", why=why)
        for row in found["modelled_re_emergence_d"]:
            yield _re_emergence(row, document["horizon_d"])


def _re_emergence(row: Document, horizon_d: int) -> str:
    """When the effect on a joint is modelled to be gone."""
    if not row["reached"]:
        return _("Modelled re-emergence, {joint}: none, as no copy gains half a grade.", joint=_joint(row))
    middle, held = phrases.days(row, horizon_d)
    return _(
        "Modelled re-emergence, {joint}: day {day}, in the {share} of copies with an effect of half a grade.",
        joint=_joint(row),
        day=phrases.inline((middle, held)),
        share=phrases.share(row["reached"]),
    )


def certificate_line(document: Document) -> str:
    """What is proven of the first plan; empty where nothing is."""
    found = document["plans"][0]["certificate"] if document["plans"] else None
    return told(found["says"]) if found else ""


def searched_lines(document: Document) -> Iterator[str]:
    """What was searched, what the search left out, and how often an answer fell in the full run."""
    for space in document["searched"]:
        rows = "; ".join(
            _(
                "{muscle} ({side}) {least} to {most} U",
                muscle=phrases.words(row["muscle"]),
                side=phrases.words(row["side"]),
                least=figures(f"{row['least_U']:g}"),
                most=figures(f"{row['most_U']:g}"),
            )
            for row in space["candidates"]
        )
        dilution = figures(f"{space['dilution_U_per_mL']:g}")
        yield _("Searched at {dilution} U/mL: {rows}.", dilution=dilution, rows=rows)
    if len(document["biologies"]) > 1:
        yield _("Every share is that under the worst of the accounts of recovery.")
    dropped = document["discarded"]
    if dropped["critical"] or dropped["short"]:
        yield _(
            "Left out after the full run: {critical} for a critical finding, {short} short of a demand.",
            critical=dropped["critical"],
            short=dropped["short"],
        )


def print_optimise(document: Document) -> None:
    """The answer, the plans side by side, what binds, and what it rests on."""
    console = new_console()
    console.print(BANNER, style="bold")
    for line in (*answer(document), COLUMN_A):
        console.print(phrases.breaking(line), markup=False)
    shown = columns(document, _ON_SCREEN)
    heads = [head for head, _ in shown]
    for title, rows in (
        ("Doses (sites)", dose_rows(shown)),
        ("Share of copies", outcome_rows(shown)),
        ("Limits held, by how they were read", limit_rows(shown)),
    ):
        print_table(console, title, ("", *heads), [[phrases.breaking(cell) for cell in row] for row in rows])
    for line in _lines(document):
        console.print(phrases.breaking(line), markup=False)


def _lines(document: Document) -> Iterator[str]:
    """Everything below the tables."""
    if len(document["plans"]) > _ON_SCREEN:
        yield f"{len(document['plans']) - _ON_SCREEN} more plans of the front stand in the page and the JSON."
    yield from finding_lines(columns(document, _ON_SCREEN))
    yield from (f"Binds: {line}" for line in binding_lines(document))
    if not document["binding"]:
        yield NOTHING_BINDS
    yield from next_lines(document)
    yield from filter(None, [certificate_line(document)])
    yield from searched_lines(document)
    yield from (f"Note: {warning}" for warning in document["warnings"])
    yield from (RANGES, SIMULATION, PRODUCT)
