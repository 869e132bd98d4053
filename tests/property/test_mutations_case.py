"""Whatever is done to an example, loading it gives a case or an input error, never anything else."""

from __future__ import annotations

import math
import random
import sys
from pathlib import Path

import pytest

from endplate.case import Case, joint_baselines, load_case, planned_injections
from endplate.errors import InputError

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from hardening.mutants import TEXTS

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
MUTATIONS = 200


@pytest.mark.parametrize("seed", range(MUTATIONS))
def test_a_mutated_example_is_a_case_or_an_input_error(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    text = dice.choice(EXAMPLES).read_text(encoding="utf-8")
    for _ in range(dice.randint(1, 3)):
        text = dice.choice(TEXTS)(text, dice)
    path = tmp_path / "case.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        case = load_case(path)
    except InputError as error:
        assert error.file == str(path)
        assert error.rule
        assert error.message
        assert error.remedy
        return
    assert isinstance(case, Case)
    for shot in planned_injections(case):
        assert math.isfinite(shot.dose_U)
        assert shot.volume_mL >= 0
        assert shot.sites >= 1
    assert all(math.isfinite(base.coded) for base in joint_baselines(case))
