"""What each muscle and each product needs in the tables, and which of it is missing.

A muscle or product stands in several tables, since each table has its own sources. ``endplate evidence lint``
tells with this what has been forgotten, so that a run does not fail for want of a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from endplate.knowledge.anatomy import load_bodies, load_moment_arms, load_structures, load_tendons
from endplate.knowledge.evidence import load_records, load_sources
from endplate.knowledge.evidence.lint import LintFinding
from endplate.knowledge.labels import load_approvals, load_lists, load_rules, load_warnings
from endplate.knowledge.vocabulary import LIMB_MUSCLES, MUSCLES, PRODUCTS
from endplate.knowledge.vocabulary.anatomy import neighbours

_ARCHITECTURE = "knowledge/evidence/data/muscle_architecture.csv"
_OF_A_MUSCLE: Final = {
    "muscle.{id}.volume_mL": _ARCHITECTURE,
    "muscle.{id}.optimal_fibre_length_cm": _ARCHITECTURE,
}
_OF_A_PRODUCT: Final = {
    "terminal.uptake.{id}": "knowledge/evidence/data/physiology.toml",
    "baseline.half_density.{id}": "knowledge/evidence/data/empirical_baseline.toml",
    "baseline.usual_session.{id}": "knowledge/evidence/data/empirical_baseline.toml",
    "immune.protein_per_unit.{id}": "knowledge/evidence/data/courses.toml",
}
_TABLES: Final[tuple[Callable[[], object], ...]] = (
    load_sources,
    load_records,
    load_bodies,
    load_structures,
    load_moment_arms,
    load_tendons,
    load_rules,
    load_approvals,
    load_lists,
    load_warnings,
)


def missing() -> list[LintFinding]:
    """Every row that a muscle or product still lacks; all tables can be read."""
    return [*_muscles(), *_products()]


def unreadable() -> Iterator[LintFinding]:
    """Tables with a row that is malformed, each with what its loader says of it."""
    for load in _TABLES:
        try:
            load()
        except ValueError as error:
            yield LintFinding(load.__name__.removeprefix("load_"), "table_unreadable", str(error))


def _records(needed: dict[str, str], name: str, rule: str) -> Iterator[LintFinding]:
    for pattern, file in needed.items():
        if (record := pattern.format(id=name)) not in load_records():
            yield LintFinding(name, rule, f"Add the record {record} to {file}.")


def _muscles() -> Iterator[LintFinding]:
    """Rows that muscles lack; a tendon may be missing, its muscle then pulls without compliance."""
    arms = {(muscle, joint) for muscle, joint, _ in load_moment_arms()}
    for name, muscle in MUSCLES.items():
        yield from _records(_OF_A_MUSCLE, name, "muscle_incomplete")
        if name not in LIMB_MUSCLES:
            continue
        if name not in load_bodies():
            yield LintFinding(name, "muscle_incomplete", "Add a row to knowledge/anatomy/data/bodies.toml.")
        if not neighbours(name):
            text = "Add it to a compartment of knowledge/vocabulary/data/anatomy.toml."
            yield LintFinding(name, "muscle_incomplete", text)
        for joint in muscle.joints:
            if (name, joint) not in arms:
                text = f"Add its moment arm at the {joint} to knowledge/anatomy/data/moment_arms.csv."
                yield LintFinding(name, "muscle_incomplete", text)


def _products() -> Iterator[LintFinding]:
    """Records that products lack; labels may be missing, for then every answer is ``unknown``."""
    for name in PRODUCTS:
        yield from _records(_OF_A_PRODUCT, name, "product_incomplete")
