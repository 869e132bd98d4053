"""A search for plans in words and tables: doses, shares of copies, limits, next session; screen and page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from endplate.knowledge.vocabulary.wording import BANNER, OPTIMISER, PRODUCT, RANGES, SIMULATION
from endplate.outputs import phrases
from endplate.outputs.screen import new_console, print_table

Document = Mapping[str, Any]
Cells = Sequence[str]
Columns = Sequence[tuple[str, Document]]

OWN = "A"
_LETTERS = "BCDEFGHIJKLMNOPQRSTUVWXYZ"
_ON_SCREEN = 4  # plans beside the user's own
_BASES = ("primary", "secondary", "recalled", "not_held")
NO_PLAN = "No plan searched meets these goals within these limits."
NOTHING_BINDS = "No limit binds: of the plans searched, none with more units does better."
COLUMN_A = "A is the plan of the case file."


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
        yield (
            f"Copies are of this person as {found['visits']} findings after the session of {found['plan']} "
            f"taught ({found['method']}, {found['ess']:.0f} effective copies). Needles are placed anew; "
            "toxin left of earlier sessions is not counted, and joints start as that cycle found them "
            "before it."
        )


def _answer(document: Document) -> list[str]:
    if document["feasible"]:
        best, own = document["plans"][0], document["own"]
        told = [
            f"{OPTIMISER} Plan B scores highest: targets reached in "
            f"{phrases.share(best['goal_probability'])} of copies by weight, "
            f"{phrases.share(own['goal_probability'])} under plan A."
        ]
        if own["critical"] or own["over_own_limits"]:
            told.append("Plan A lies outside the limits that were searched within.")
        if any(document["goals"]["costs"].values()):
            told.append("A score is the targets reached less the costs of the goals file.")
        return told
    lines = [NO_PLAN]
    if closest := document["closest"]:
        short = [row for row in (*closest["targets"], *closest["keep"]) if _lacks(row)]
        lines += [
            f"The search came closest with {phrases.share(row['probability'])} where "
            f"{phrases.share(row['demanded'])} of copies were demanded: {aim(row)}."
            for row in short
        ]
    return lines


def _lacks(row: Document) -> bool:
    return row["demanded"] is not None and row["probability"] < row["demanded"]


def aim(row: Document) -> str:
    """A target, or something demanded, in words."""
    first, last = row["weeks"]
    weeks = f"weeks {first} to {last}"
    if row.get("kind") == "unwanted":
        return f"no muscle left out loses over {phrases.share(row['at_most'])}, {weeks}"
    place = " ".join(phrases.words(row[name]) for name in ("joint", "movement", "side"))
    if row.get("kind") == "strength":
        return f"{place}: strength of at least {phrases.share(row['at_least'])}, {weeks}"
    return f"{place}: grade lower by {row['improve_by']:g}, mean of {weeks}"


def dose_rows(shown: Columns) -> list[Cells]:
    """Doses by muscle, then total, fluid, punctures and dilution."""
    places = dict.fromkeys((i["muscle"], i["side"]) for _, plan in shown for i in plan["injections"])
    rows: list[Cells] = [
        (f"{phrases.words(muscle)}, {side}", *(_dose(plan, muscle, side) for _, plan in shown))
        for muscle, side in places
    ]
    rows.append(("total", *(phrases.units(plan["total_U"]) for _, plan in shown)))
    rows.append(("fluid", *(f"{plan['volume_mL']:.3g}{phrases.SPACE}mL" for _, plan in shown)))
    rows.append(("punctures", *(str(plan["punctures"]) for _, plan in shown)))
    vials = [(len(plan["vials"]["fewest_vials_U"]), plan["vials"]["fewest_left_over_U"]) for _, plan in shown]
    rows.append(("vials, left over", *(f"{count}, {phrases.units(over)}" for count, over in vials)))
    return rows


def _dose(plan: Document, muscle: str, side: str) -> str:
    """Dose and sites of a muscle in a plan; a dash where it is not injected."""
    own = [row for row in plan["injections"] if (row["muscle"], row["side"]) == (muscle, side)]
    if not own:
        return phrases.value(None)
    sites = sum(row["sites"] or 1 for row in own)
    at = "".join(f", at {row['at_percent']:g} %" for row in own if row["at_percent"] is not None)
    return f"{phrases.units(sum(row['dose_U'] for row in own))} ({sites}{at})"


def outcome_rows(shown: Columns) -> list[Cells]:
    """Shares of copies that reach targets and demands, and the worst unwanted weakness."""
    rows: list[Cells] = []
    first = shown[0][1]
    for name in ("targets", "keep"):
        for place, row in enumerate(first[name]):
            told = aim(row) + (f" (demanded {phrases.share(row['demanded'])})" if row["demanded"] else "")
            rows.append((told, *(phrases.share(plan[name][place]["probability"]) for _, plan in shown)))
    rows.append(("targets by weight", *(phrases.share(plan["goal_probability"]) for _, plan in shown)))
    worst = (phrases.summary_percent(plan["unwanted"]) for _, plan in shown)
    rows.append(("worst loss of force of a muscle left out, median (90 %)", *worst))
    return rows


def limit_rows(shown: Columns) -> list[Cells]:
    """How many held limits on each plan were read where, and what the label code found."""
    rows: list[Cells] = [
        (phrases.words(basis), *(str(plan["limits"][basis]) for _, plan in shown)) for basis in _BASES
    ]
    rows.append(("critical findings", *(str(plan["critical"]) for _, plan in shown)))
    rows.append(("warnings", *(str(len(list(_found(plan, "warning")))) for _, plan in shown)))
    over = [", ".join(plan["over_own_limits"]) or "none" for _, plan in shown]
    rows.append(("your own limits exceeded", *over))
    rows.append(("label status", *(phrases.words(plan["status"]) for _, plan in shown)))
    return rows


def binding_lines(document: Document) -> Iterator[str]:
    """The limits that bind, one sentence each."""
    for row in document["binding"]:
        if row["value"] is None or row["limit"] is None:
            yield f"{row['what']} [{row['rule']}]"
            continue
        own = "your own limit" if row["basis"] == "user" else phrases.source_read(row)
        tighter = ", tightened by you" if row["tightened"] else ""
        numbers = f"{row['value']:g} of at most {row['limit']:g} {row['unit']}"
        source = f", {phrases.words(row['basis'])}: {row['source']['citation']}" if row["source"] else ""
        yield f"{row['what']}: {numbers} ({own}{tighter}{source}) [{row['rule']}]"


def finding_lines(shown: Columns) -> Iterator[str]:
    """What the label code finds critical or warns of, with the plans that it concerns."""
    for severity in ("critical", "warning"):
        plans: dict[str, list[str]] = {}
        for head, plan in shown:
            for message in dict.fromkeys(_found(plan, severity)):
                plans.setdefault(message, []).append(head)
        for message, heads in plans.items():
            yield f"{severity.capitalize()} ({', '.join(heads)}): {message}"


def _found(plan: Document, severity: str) -> Iterator[str]:
    return (row["message"] for row in plan["checks"] if row["severity"] == severity)


def next_lines(document: Document) -> Iterator[str]:
    """When the limits let the first plan be given again, and when its effect is modelled to be gone."""
    for plan in document["plans"][:1]:
        told, horizon = plan["next"], document["horizon_d"]
        if told["earliest_by_limits"]:
            rules = ", ".join(told["rules"])
            yield f"Earliest date the limits allow for plan B again: {told['earliest_by_limits']} ({rules})."
        else:
            yield f"Earliest date the limits allow for plan B again: not known, {told['why']}."
        for row in told["modelled_re_emergence_d"]:
            middle, held = phrases.days(row, horizon)
            joint = " ".join(phrases.words(row[name]) for name in ("joint", "movement", "side"))
            if not row["reached"]:
                yield f"Modelled re-emergence, {joint}: none, as no copy gains half a grade."
                continue
            spread = f" ({held})" if held else ""
            yield (
                f"Modelled re-emergence, {joint}: day {middle}{spread}, in the "
                f"{phrases.share(row['reached'])} of copies with an effect of half a grade."
            )


def certificate_line(document: Document) -> str:
    """What is proven of the first plan; empty where nothing is."""
    found = document["plans"][0]["certificate"] if document["plans"] else None
    return str(found["says"]) if found else ""


def searched_lines(document: Document) -> Iterator[str]:
    """What was searched, what the search left out, and how often an answer fell in the full run."""
    for space in document["searched"]:
        rows = "; ".join(
            f"{phrases.words(row['muscle'])} ({row['side']}) {row['least_U']:g} to {row['most_U']:g} U"
            for row in space["candidates"]
        )
        yield f"Searched at {space['dilution_U_per_mL']:g} U/mL: {rows}."
    if len(document["biologies"]) > 1:
        yield "Every share is that under the worst of the two accounts of recovery."
    dropped = document["discarded"]
    if dropped["critical"] or dropped["short"]:
        yield (
            f"Left out after the full run: {dropped['critical']} for a critical finding, {dropped['short']} "
            "short of a demand."
        )


def print_optimise(document: Document) -> None:
    """The answer, the plans side by side, what binds, and what it rests on."""
    console = new_console()
    console.print(BANNER, style="bold")
    for line in (*answer(document), COLUMN_A):
        console.print(_plain(line), markup=False)
    shown = columns(document, _ON_SCREEN)
    heads = [head for head, _ in shown]
    for title, rows in (
        ("Doses (sites)", dose_rows(shown)),
        ("Share of copies", outcome_rows(shown)),
        ("Limits held, by how they were read", limit_rows(shown)),
    ):
        print_table(console, title, ("", *heads), [[_plain(cell) for cell in row] for row in rows])
    for line in _lines(document):
        console.print(_plain(line), markup=False)


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


def _plain(text: str) -> str:
    return text.replace(phrases.SPACE, " ")
