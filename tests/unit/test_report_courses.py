"""What the report and the screen say of a plan given several times: which session, how many copies, when."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_run import make_case, make_check, make_simulation, summary

from endplate.outputs import adverse, cycles
from endplate.outputs.report import render_report
from endplate.outputs.svg import LEFT, RIGHT, WIDTH, Given, axis_for, band_chart
from endplate.outputs.terminal import print_simulation

EVERYBODY = {"dropped_out": 0.0, "not_due": 0.0, "failure": 0.0}
AT_ONCE = {"every_d": 84, "minimum_d": 84, "most_sessions": None, "adapt": None, "issues": []}


def one(number):
    return summary(*[number] * 5)


def course(kind="interval", given=(1.0, 1.0), days=(0, 84)):
    """A run of two sessions, the second of which did more."""
    found = make_simulation()
    place = {"muscle": "biceps_brachii", "side": "left", "volume_before": one(1.0)}
    joint = {"joint": "elbow", "side": "left", "movement": "extension", "reached": 1.0}
    found["cycles"] = [
        {
            "cycle": k + 1,
            "given": share,
            **EVERYBODY,
            "antibodies": 0.05 * k,
            "day": one(day) if kind == "interval" or not k else summary(70.0, 80.0, float(day), 90.0, 99.0),
            "dose": one(1.0),
            "muscles": [{**place, "lowest_force": one(0.77 - 0.1 * k)}],
            "joints": [{**joint, "change_at_peak": one(-0.66 - 0.1 * k), "duration_d": one(101.0 + k)}],
        }
        for k, (share, day) in enumerate(zip(given, days, strict=True))
    ]
    come = {"dropout_per_wk": 0.0, "missed": 0.0}
    found["repeat"] = {"kind": kind, **AT_ONCE, "attendance": come}
    return found


def flat(text):
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def shown(simulation, capsys, monkeypatch, columns="80"):
    monkeypatch.setenv("COLUMNS", columns)
    print_simulation(simulation)
    return capsys.readouterr().out


def test_the_first_tables_tell_the_first_session_in_every_column(capsys, monkeypatch):
    told = flat(shown(course(), capsys, monkeypatch))
    page = flat(render_report(make_case(), make_check(), course()))
    for text in (told, page):
        assert cycles.FIRST in text
        assert "0.77" in text and "\N{MINUS SIGN}0.66" in text
    assert told.count("First session.") == 2 and "All sessions. Grade" in told
    assert cycles.lowest(course(), "muscles", 0)[0] == "0.77"
    once = make_simulation()
    least = min(once["muscles"][0]["force"]["median"])
    assert cycles.lowest(once, "muscles", 0)[0] == f"{least:.2f}"


def test_copies_are_counted_and_selection_is_said_where_not_all_come(capsys, monkeypatch):
    asked = course("request", given=(1.0, 0.02))
    told = flat(shown(asked, capsys, monkeypatch))
    page = flat(render_report(make_case(), make_check(), asked))
    assert cycles.sessions(asked).rows[1][1][1] == "20"  # 2 % of 1000 copies
    assert flat(cycles.sessions(asked).rows[1][1][4]) == "5 % (1)"
    assert all(table.rows[0] == ("copies", ("1000", "20")) for table in cycles.effects(asked))
    for text in (told, page):
        assert cycles.SELECTED in text
    all_come = flat(shown(course("request"), capsys, monkeypatch))
    assert cycles.SELECTED not in all_come
    assert not any(table.rows[0][0] == "copies" for table in cycles.effects(course("request")))


def test_tables_by_session_fit_80_columns_however_many_sessions(capsys, monkeypatch):
    many = course("request", given=(1.0, *[0.5] * 10), days=(0, *range(84, 924, 84)))
    told = shown(many, capsys, monkeypatch)
    assert all(len(line) <= 80 for line in told.splitlines())
    assert told.count("elbow extension, left") >= 4
    for table in cycles.effects(many):
        parts = cycles.parts(table)
        joined = sum((part.rows[1][1] for part in parts), ())
        assert joined == table.rows[1][1] and len(parts) == 2


@pytest.mark.parametrize(
    ("kind", "days", "said"),
    [("interval", (0.0, 84.0), "(lines: injections)"), ("request", (0.0,), "first injection")],
)
def test_charts_mark_every_injection_that_is_on_one_day(kind, days, said):
    held = cycles.given(course(kind))
    assert held == Given(days, several=True)
    page = render_report(make_case(), make_check(), course(kind))
    assert said in page and "weeks after injection" not in page
    band = {name: [0.0] * 169 for name in ("p05", "p25", "median", "p75", "p95")}
    chart = band_chart(range(169), band, axis_for([band], "x"), "x", held)
    assert chart.count('class="dose"') == chart.count("dosetip") == len(days)
    assert f'x1="{LEFT}"' in chart
    if len(days) > 1:
        middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
        assert f'class="dose" x1="{middle:g}"' in chart  # day 84 of 168


def test_a_plan_given_once_says_nothing_of_sessions(capsys, monkeypatch):
    told = flat(shown(make_simulation(), capsys, monkeypatch))
    page = flat(render_report(make_case(), make_check(), make_simulation()))
    for text in (told, page):
        assert cycles.FIRST not in text and "Over the sessions" not in text
    assert "weeks after injection" in page
    assert cycles.given(make_simulation()) == Given()


def event(name, kind, **more):
    held = {"events": 66, "n": 100, "upper95": 0.7, "rounded": False}
    return {"event": name, "name": name, "kind": kind, "held": held, "source": "Trial 2000", **more}


def test_adverse_events_say_over_which_sessions_and_why_counts_lie_apart():
    shares = {"probability": one(0.36), "background": one(0.35)}
    found = {**shares, "odds_ratio": one(1.1), "increment_supported": False}
    events = [
        event("any event", "summary", simulated=found),
        event("neutralising antibodies", "immunity"),
    ]
    runs = (course(), "see the sessions", 2), (make_simulation(), "sessions repeat", 1)
    for run, where, sentences in runs:
        run["adverse"] = events
        counted, antibodies = adverse.lines(run)
        assert (counted.name, antibodies.name) == ("any event", "neutralising antibodies")
        assert where in antibodies.simulated
        told = adverse.about(run)
        assert len(told) == sentences and "any event" in told[-1] and "how a study asks" in told[-1]
    assert "up to week 26" in adverse.about({**course(), "adverse": events})[0]
