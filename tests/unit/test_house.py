"""The counts the house is built to: short functions, short files, every public name documented."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np

SOURCES = sorted((Path(__file__).parents[2] / "src" / "endplate").rglob("*.py"))


def test_functions_and_files_stay_short():
    """Median function at most 10 lines, 95th percentile at most 50, no file over 400."""
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert np.median(lengths) <= 10
    assert np.quantile(lengths, 0.95) <= 50
    assert all(len(path.read_text(encoding="utf-8").splitlines()) <= 400 for path in SOURCES)
