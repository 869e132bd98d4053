"""What the tests of the store share."""

from __future__ import annotations

from pathlib import Path

import pytest

from endplate.case import load_case

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(autouse=True)
def _libraries(databases):
    """Every test here needs them."""


@pytest.fixture
def adult():
    return load_case(EXAMPLES / "adult_arm.yaml")
