"""A child over years in words and tables: three presets and the ensemble always together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from endplate.outputs import phrases
from endplate.outputs.screen import new_console, print_table

Document = Mapping[str, Any]

UNTREATED = "untreated"
ENSEMBLE = "ensemble"
NAMES = {
    "null": "null",
    "evidence": "evidence",
    "hypothesis": "hypothesis",
    ENSEMBLE: "ensemble",
}
HEADS = ("assumed", "range kept, deg", "GMFM-66 gained", "too small", "worse", "harm")
MEASURES = "At 18 y against the same child untreated: median (90 % of members)"


def under(document: Document) -> dict[str, Document]:
    """What each preset and the ensemble say, by name, in the order they are always shown in."""
    return {**document["presets"], ENSEMBLE: document["ensemble"]}


def sentences(document: Document) -> Iterator[str]:
    """What was followed."""
    plan = document["scenarios"][0]
    yield (
        f"From {plan['start_y']:g} y, a session every {phrases.weeks(plan['every_d'])} until "
        f"{plan['until_y']:g} y: {plan['sessions']} sessions. Long-term effects are differences against the "
        f"same child untreated; {document['draws']} members."
    )
    yield (
        f"Smallest difference of GMFM-66 called important: {document['smallest_difference']:g} points "
        f"(recalled). {document['assumed_shape']}"
    )
    yield document["function_account"]["note"]


def rows(document: Document, scenario: str) -> list[tuple[str, ...]]:
    """One row for each preset and the ensemble."""
    found: list[tuple[str, ...]] = []
    for name, told in under(document).items():
        row = told[scenario]
        found.append(
            (
                NAMES[name],
                phrases.summary_range(row["at_18"]["dorsiflexion_kept_deg"], 1),
                phrases.summary_range(row["at_18"]["gmfm66_gained"], 1),
                phrases.share(row["p_gain_below_smallest"]),
                phrases.share(row["p_worse"]),
                phrases.share(row["p_harm"]),
            )
        )
    return found


def cost_rows(document: Document) -> list[tuple[str, ...]]:
    """What each scenario costs: sessions, units, volume of the calf."""
    found: list[tuple[str, ...]] = []
    for each in document["scenarios"]:
        row = document["ensemble"][each["scenario"]]
        kg = each["units_per_kg"]
        units = "" if kg is None else f"{kg:.0f}"
        lost = [phrases.summary_percent(row[name]) for name in ("volume_lost", "worst_volume_lost")]
        found.append((each["scenario"], f"{each['start_y']:g} y", str(each["sessions"]), units, *lost))
    return found


COST_HEADS = ("scenario", "from", "sessions", "U/kg in all", "calf volume lost, mean", "at worst")
MAP_HEADS = ("window to", "held likely", "scenario", "tidiness", "clear area", "wrong reflexes")
MAPS = (
    "Body map and reflexes at 18 y by guess of the window. Tidiness (Q) rises too where the injected part "
    "loses its place to others: clear area tells that, so neither stands alone."
)


def map_rows(document: Document) -> list[tuple[str, ...]]:
    """Body map and reflexes at 18 y, untreated and under the plan, one row for each guess of the window."""
    plan = document["scenarios"][0]["scenario"]
    found: list[tuple[str, ...]] = []
    for guess in document["circuits"]:
        for row in guess["maps"]:
            if row["scenario"] in (UNTREATED, plan):
                first = row["scenario"] == UNTREATED
                found.append(
                    (
                        f"{guess['closes_y']:g} y" if first else "",
                        phrases.share(guess["held_likely"]) if first else "",
                        row["scenario"],
                        f"{row['tidiness_at_18']:.2f}",
                        f"{row['clear_area_at_18']:.2f}",
                        phrases.share(guess["reflexes"]["error"][row["scenario"]][-1]),
                    )
                )
    return found


LOOP_HEADS = ("gain", "assumed", "loop gain, 95 %", "GMFM-66 gained", "rejected")
LOOP = (
    "Loop: a child that can do more moves more and loses less growth, gain times as much in proportion; open "
    "at gain 0. Loop gain: what comes back of a small change after once round, at most in 95 % of members. "
    "From 1 on it would run away: such members are rejected."
)


def loop_rows(document: Document) -> list[tuple[str, ...]]:
    """The plan with the loop open and closed, by gain and assumption."""
    found: list[tuple[str, ...]] = []
    for each in document["loop"]:
        name = f"{each['gain']:g}" if each["gain"] else "0 (open)"
        for key, row in each["told"].items():
            at_18 = row["at_18"]
            gained = phrases.summary_range(at_18["gmfm66_gained"], 2) if at_18 else "runs away"
            back = f"{row['loop_gain']['p95']:.3f}"
            found.append((name, NAMES[key], back, gained, phrases.share(row["rejected"])))
            name = ""
    return found


INFLUENCE_HEADS = ("assumption", "held low", "held high")
INFLUENCE = (
    "What the ensemble's mean gain of GMFM-66 under the plan would be if one unknown were known to lie at an "
    "end of its 90 %."
)


def influence_rows(document: Document) -> list[tuple[str, ...]]:
    """What the answer hangs on, most first."""
    return [
        (row["words"], phrases.value(row["low"]), phrases.value(row["high"])) for row in document["influence"]
    ]


LEGEND = (
    "Too small: gain under the smallest important difference. Worse: below the child untreated, by however "
    "little. Harm: below it by more than that difference."
)


def class_lines(document: Document) -> Iterator[str]:
    """What each curve rests on."""
    for name, what in document["evidence_classes"].items():
        yield f"{NAMES[name]}: {what}"


TRIAL_HEADS = ("study", "class", "people, followed", "found")
TRIALS = "What studies of lasting benefit found: no randomised one here shows any"


def trial_rows(document: Document) -> list[tuple[str, ...]]:
    """One row for each study of lasting benefit."""
    return [
        (
            each["name"],
            each["design"],
            "; ".join(filter(None, (each["people"], each["followed"]))),
            each["found"],
        )
        for each in document["trials"]
    ]


def bone_lines(document: Document) -> Iterator[str]:
    """What becomes of hips in the level, whatever is injected."""
    hip, bone = document["hip"], document["bone"]
    ground = f"{hip['source']}, {phrases.words(hip['basis'])}"
    yield f"Hip: {phrases.share(hip['value'])} is the {hip['meaning']} ({ground}). {hip['note']}"
    yield (
        f"Bone: {bone['meaning']}, {bone['value']:g} {bone['unit']} ({bone['source']}). No source held links "
        "it to injections."
    )


def hand_lines(document: Document) -> Iterator[str]:
    """What was read of the hand, which is not followed."""
    yield document["hand"]["note"]
    for each in document["hand"]["read"]:
        yield f"{each['meaning']}: {each['value']:g} {each['unit']} ({each['source']})"


def print_develop(document: Document) -> None:
    """The banner, every scenario under every assumption, what it costs, and what it rests on."""
    console = new_console()
    wording = document["wording"]
    console.print(wording["banner"], style="bold")
    console.print(wording["development"], style="bold")
    for line in sentences(document):
        console.print(_plain(line), markup=False)
    console.print(MEASURES, markup=False)
    for each in document["scenarios"]:
        told = [[_plain(cell) for cell in row] for row in rows(document, each["scenario"])]
        print_table(console, each["scenario"], HEADS, told)
    console.print(LEGEND, markup=False)
    for title, heads, table, legend in (
        ("What it costs", COST_HEADS, cost_rows(document), ()),
        (TRIALS, TRIAL_HEADS, trial_rows(document), bone_lines(document)),
        ("Body map and reflexes (hypothesis)", MAP_HEADS, map_rows(document), (MAPS,)),
        ("The loop, open and closed (hypothesis)", LOOP_HEADS, loop_rows(document), (LOOP,)),
        ("What the answer hangs on", INFLUENCE_HEADS, influence_rows(document), (INFLUENCE,)),
    ):
        print_table(console, title, heads, [[_plain(cell) for cell in row] for row in table])
        for text in legend:
            console.print(_plain(text), markup=False)
    for text in (*class_lines(document), *_notes(document)):
        console.print(_plain(text), markup=False)


def _notes(document: Document) -> Sequence[str]:
    outside = ", ".join(phrases.words(name) for name in document["outside_model"])
    first = [f"Outside the model: {outside}. What is told does not represent this child."] if outside else []
    return [*first, *(f"Note: {warning}" for warning in document["warnings"])]


def _plain(text: str) -> str:
    return text.replace(phrases.SPACE, " ")
