"""Trial files made up for the tests of `trial`."""

from __future__ import annotations

import numpy as np

from endplate.case import load_trial
from endplate.questions.trialling.analysis import Group, compared
from endplate.questions.trialling.chunk import chunks_of, follow

HEAD = "endplate: 1\ntrial: made_up\ntitle: Invented for this test\n"
PEOPLE = "population: {adults: true, condition: stroke, joint: elbow}\n"
VISITS = "visits: [0 wk, 4 wk, 12 wk]\n"
BICEPS = "product: onabotulinumtoxinA, injections: [{muscle: biceps_brachii, dose: 100 U, sites: 4}]"
CHANGE = "{endpoint: change, measure: scale_change, scale: modified_ashworth, joint: elbow, at: 4 wk}"
SHARE = "{endpoint: responders, measure: responder_fraction, scale: modified_ashworth, by: 1, at: 4 wk}"
CLOSE = 1e-9  # two ways to the same closed form
DAY = 28.0
MIXED = CHANGE[:-1].replace("at: 4 wk", "at: 12 wk") + ", method: mixed_model}"
AGAIN = "{endpoint: again, measure: reinjected_by, joint: elbow, at: 12 wk, method: log_rank}"


def text(*endpoints, arms=("placebo", "dose"), n=10, replicates=2, extra=""):
    """A trial file: the first arm gets nothing, the others the biceps."""
    rows = [f"  - {{arm: {arm}, n: {n}{', ' + BICEPS if place else ''}}}" for place, arm in enumerate(arms)]
    told = ["arms:", *rows, "endpoints:", *(f"  - {row}" for row in endpoints or (CHANGE,))]
    return f"{HEAD}{PEOPLE}{VISITS}" + "\n".join(told) + f"\nreplicates: {replicates}\n{extra}\n"


def load(tmp_path, content, name="trial"):
    path = tmp_path / f"{name}.yaml"
    path.write_text(content, encoding="utf-8")
    return load_trial(path)


def made(tmp_path, *endpoints, **given):
    return load(tmp_path, text(*endpoints, **given))


def group(left_d=None, **columns):
    """People of an arm; nobody leaves unless it is said when."""
    arrays = {name.replace("__", "/"): np.asarray(held, dtype=float) for name, held in columns.items()}
    size = len(next(iter(arrays.values())))
    left = np.full(size, np.inf) if left_d is None else np.asarray(left_d, dtype=float)
    return Group({"left_d": left, **arrays})


def people_of(asked, arm, seed=1):
    """Every column of an arm's people, in order of replicate and person."""
    place = [each.arm for each in asked.arms].index(arm)
    parts = [follow(asked, chunk, seed) for chunk in chunks_of(asked) if chunk.arm == place]
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.lexsort((whole["person"], whole["replicate"]))
    return {name: column[order] for name, column in whole.items()}


def one(asked, arm, control):
    """The only comparison of a trial of two arms."""
    return compared(asked, asked.endpoints[0], {"placebo": control, "dose": arm})["dose"]


def arms_with_baseline(rng, effect=-0.4, n=(60, 45)):
    """Placebo and dose: a change that depends on the grade at baseline, which differs between the arms."""
    found = []
    for size, shift in zip(n, (0.0, effect), strict=True):
        before = rng.normal(2.5 - shift, 0.6, size)
        found.append(group(change=shift - 0.5 * before + rng.normal(0, 0.7, size), change__baseline=before))
    return found


def as_given(held):
    return {name.replace("/", "__"): column for name, column in held.columns.items() if name != "left_d"}
