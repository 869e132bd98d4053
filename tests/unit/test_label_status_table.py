"""A decision table written by hand from the published approvals: is a use on label on a day?

``since`` is as exact as the source: a day, a month or a year; empty where the source is only a dated page,
which says that the approval was in force and not since when.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from endplate.knowledge.labels import label_status

TABLE = Path(__file__).parent / "label_tables" / "status.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
ASKED = ("product", "indication", "limb", "age_y", "cause", "jurisdiction", "on")


def name(row):
    return "-".join(row[key] for key in ASKED)


def ask(row):
    return label_status(
        product=row["product"],
        indication=row["indication"],
        limb=row["limb"],
        age_y=float(row["age_y"]),
        cause=row["cause"],
        jurisdiction=row["jurisdiction"],
        on=date.fromisoformat(row["on"]),
    )


def test_the_table_is_whole():
    """No question is asked twice, none is left without its reason, and every kind of answer is there."""
    assert len(ROWS) >= 170
    assert max(Counter(name(row) for row in ROWS).values()) == 1
    assert all(row["why"] and row["status"] in {"on_label", "off_label", "unknown"} for row in ROWS)
    assert {row["jurisdiction"] for row in ROWS} == {"US", "EU", "UK", "CA", "JP", "CH"}
    assert not [row for row in ROWS if row["since"] and row["status"] != "on_label"]


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_status(row):
    found = ask(row)
    assert found.status == row["status"], row["why"]
    if row["status"] == "on_label":
        assert found.since is not None
        assert found.since.isoformat().startswith(row["since"]), row["why"]
        assert found.since <= date.fromisoformat(row["on"])
    else:
        assert found.since is None


@pytest.mark.parametrize("row", [row for row in ROWS if row["why"].startswith("recalled")], ids=name)
def test_what_is_only_recalled_is_never_verified(row):
    assert not ask(row).verified
