"""Study files made up for the tests of `reproduce`."""

from endplate.case import load_study
from endplate.questions.reproducing.trial import SimulatedStudy

DRAWS = 40
RATIO = "{{arm: {}, measure: force_ratio, muscle: biceps_brachii, at: {}, value: 0.5}}"
HEAD = """endplate: 1
study: made_up
title: Invented for this test
sources: [{citation: Nobody, url: "https://example.org/paper", evidence: read}]
role: validation
"""
HUMAN = HEAD + "species: human\npreparation: in_vivo\n"
MOUSE = HEAD + "species: mouse\npreparation: in_vivo\n"
BATH = HEAD + "species: mouse\npreparation: ex_vivo\n"
BICEPS = "product: onabotulinumtoxinA, injections: [{muscle: biceps_brachii, dose: 100 U, sites: 4}]"


def study(tmp_path, text, name="made_up"):
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return load_study(path)


def simulated(tmp_path, text, draws=DRAWS):
    return SimulatedStudy(study(tmp_path, text), draws, 1)


def arms_and(*outcomes, arms=("{arm: one, n: 9, " + BICEPS + "}",)):
    rows = [*(f"  - {arm}" for arm in arms), "outcomes:", *(f"  - {row}" for row in outcomes)]
    return "arms:\n" + "\n".join(rows) + "\n"
