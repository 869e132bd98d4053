"""Finished results that no model made: the JSON keys of `check` and `simulate` with made-up courses."""

from __future__ import annotations

import math

LEVELS = {"p05": 1.6, "p25": 1.25, "median": 1.0, "p75": 0.7, "p95": 0.3}


def band(start, depth, days):
    """A dip (or rise, depth < 0) that starts at once and fades."""
    shape = [(1 - math.exp(-d / 4)) * math.exp(-d / 60) for d in range(days)]
    levels = {k: [start - depth * f * s for s in shape] for k, f in LEVELS.items()}
    if depth < 0:
        flipped = list(LEVELS)
        return {name: levels[flipped[-1 - place]] for place, name in enumerate(flipped)}
    return levels


def summary(*numbers):
    return dict(zip(LEVELS, numbers, strict=True))


CLOCKS = {
    "onset_d": summary(0.3, 1.2, 2.4, 4.0, 7.0),
    "peak_d": summary(9.0, 14.0, 21.4, 30.0, 41.0),
    "duration_d": summary(61.0, 90.2, 110.6, None, None),
    "reached": 0.93,
    "returned": 0.71,
}
NEVER = dict.fromkeys(LEVELS)


def make_grade_probability(horizon_d):
    """A grade 3 that turns into a 2 and back."""
    visits = list(range(0, horizon_d + 1, 7))
    better = [(1 - math.exp(-d / 4)) * math.exp(-d / 60) for d in visits]
    rows = [[0.0 for _ in visits] for _ in range(3)] + [better, [0.9 - 0.9 * b for b in better]]
    rows.append([0.1 - 0.1 * b for b in better])
    labels = ["0", "1", "1+", "2", "3", "4"]
    return {"modified_ashworth": {"t_d": visits, "categories": labels, "probability": rows}}


def make_torque():
    """Torque that grows with angle and speed, and less after."""
    angle = list(range(0, 131, 10))
    ramps = {
        name: {
            state: {level: [f * speed * left * a / 20 for a in angle] for level, f in rising.items()}
            for state, left in (("before", 1.0), ("after", 0.5))
        }
        for name, speed in (("V1", 1), ("one_second", 2), ("V3", 3))
        for rising in (dict(zip(LEVELS, (0.3, 0.7, 1.0, 1.25, 1.6), strict=True)),)
    }
    return {"day": 14, "unit": "Nm", "angle_deg": angle, "ramps": ramps}


def make_case():
    return {
        "endplate": 1,
        "patient": {"code": "arm-01", "age": "58 y", "sex": "female", "condition": "stroke", "cautions": []},
        "assessment": [
            {
                "joint": "elbow",
                "side": "left",
                "movement": "extension",
                "scale": "modified_ashworth",
                "value": "2",
            }
        ],
        "plan": {
            "date": "2026-11-22",
            "product": "onabotulinumtoxinA",
            "injections": [{"muscle": "biceps_brachii", "side": "left", "dose": "100 U", "sites": 4}],
        },
    }


def make_drawings():
    """An arm with one needle; the drawings themselves are of no matter."""
    site = {"name": "1", "muscle": "biceps_brachii", "side": "left", "z_mm": 90.0, "x_mm": 20.0, "y_mm": 0.0}
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" role="img" aria-label="x"></svg>'
    muscle = {"muscle": "biceps_brachii", "names": ("1",), "face": "front", "deep": False, "cut": 0.28}
    muscle |= {"level": (0.28, 0.28), "along_cm": (9.0, 9.0), "depth_cm": (1.0, 1.0)}
    return [
        {
            "segment": "upper_arm",
            "side": "left",
            "sites": [site],
            "muscles": [muscle],
            "starts_at": "glenohumeral joint",
            "length_mm": 326.0,
            "scale": 1.0,
            "views": [{"view": "front", "print": svg}],
            "sections": [{"muscle": "biceps_brachii", "names": ("1",), "print": svg}],
        }
    ]


def make_check():
    source = {"citation": "Label 2026", "url": "https://example.org/label", "date": "2026-11-01"}
    common = {"where": "plan", "value": 500, "limit": 400, "unit": "U", "in_force_on": "2026-11-22"}
    rows = [
        ("critical", "Total 500 U is over the 400 U held.", source, "secondary", False),
        ("warning", "Dysphagia is listed.", None, None, False),
        ("info", "Interval held.", source, "primary", True),
    ]
    keys = ("severity", "message", "source", "basis", "verified")
    return {
        "issues": [{"rule": "x", **common, **dict(zip(keys, row, strict=True))} for row in rows],
        "status": "on_label",
        "preparation": None,
    }


def make_simulation(horizon_d=182):
    days = horizon_d + 1
    muscle = {"muscle": "biceps_brachii", "side": "left", "dose_U": 100.0, **CLOCKS}
    muscle |= {
        name: band(1, depth, days) for name, depth in (("force", 0.5), ("transmission", 0.6), ("volume", 0.1))
    }
    joint = {"joint": "elbow", "side": "left", "movement": "extension", **CLOCKS}
    joint |= {
        "baseline": {"scale": "modified_ashworth", "value": "2", "angles": True},
        "scale_change": {"modified_ashworth": band(0, 1.1, days)},
        "expected_score": {"modified_ashworth": band(2, 1.3, days)},
        "r1_deg": band(70, -20, days),
        "r2_deg": band(140, -3, days),
        "strength": band(1, 0.3, days),
        "grade_probability": make_grade_probability(horizon_d),
        "torque": make_torque(),
        "examination": {"effective": summary(1.0, 4.0, 9.5, 18.0, 40.0), "of": 256, "not_reached": 0.0},
    }
    driver = {"joint": "elbow", "side": "left", "movement": "extension", "outcome": "scale_change at day 28"}
    driver |= {"parameter": "spread.x", "symbol": "x"}
    driver |= {"meaning": "how far it spreads", "basis": "assumed", "low": -0.3, "high": -0.9, "swing": 0.6}
    record = {"id": "spread.x", "meaning": "how far it spreads", "value": 1.5, "unit": "cm"}
    return {
        "endplate": "0.1.0",
        "model_version": "1",
        "seed": 1,
        "draws": 1000,
        "t_d": list(range(days)),
        "muscles": [muscle],
        "joints": [joint],
        "neighbours": [{"muscle": "brachialis", "side": "left", "force": band(1, 0.1, days)}],
        "adverse": [
            {"event": "dry_mouth", "held": {"events": 2, "n": 100, "upper95": 0.07}, "source": "Trial 2000"}
        ],
        "warnings": ["Made up."],
        "wording": {},
        "outside_model": [],
        "drivers": [driver],
        "evidence": [{**record, "basis": "assumed", "source": "s2000"}],
        "sources": [{"key": "s2000", "citation": "Some paper 2000", "url": "https://example.org/p"}],
        "inputs": make_case(),
    }
