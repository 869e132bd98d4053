"""The page of the Python interface names all of it."""

import re
from pathlib import Path

import endplate

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def test_every_public_name_stands_on_the_page():
    told = set(re.findall(r"^\.\. auto\w+:: endplate\.(\w+)$", PAGE.read_text("utf-8"), re.MULTILINE))
    assert told == set(endplate.__all__) - {"__version__"}
