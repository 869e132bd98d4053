"""The joint geometry of ``data/``: moment arms, tendons, joint axes and passive torques as typed rows.

The rows and their signs are those of :mod:`endplate.knowledge.anatomy.geometry_rows`. Each arm depends on the
angle of its own axis only; how far that departs from the whole path is a row of ``path_departures.csv``.
Nothing is computed here: :mod:`endplate.physiology.joint.geometry` evaluates the polynomials.
"""

from __future__ import annotations

import math
from dataclasses import fields
from functools import lru_cache

from endplate.knowledge.anatomy.geometry_rows import (
    Axis,
    MomentArm,
    Passive,
    PassiveTerm,
    PathDeparture,
    Slope,
    Tendon,
)
from endplate.knowledge.anatomy.tables import check_cited, csv_lines, toml_rows
from endplate.knowledge.rows import Raw, require, row_of
from endplate.knowledge.vocabulary import JOINTS, LIMB_MUSCLES, MUSCLES

ARMS = "moment_arms.csv"
TENDONS = "tendons.csv"
DEPARTURES = "path_departures.csv"
AXES = "joints.toml"

_COEFFICIENTS = ("c0", "c1", "c2", "c3", "c4", "c5")
_FULL_TURN_DEG = 360.0

Key = tuple[str, str, str]


def _number(raw: Raw, key: str, name: str, least: float = -math.inf) -> float:
    """A finite number of at least ``least``, or ``ValueError`` naming the row and the column."""
    try:
        number = float(raw[key])
    except (TypeError, ValueError):
        number = math.nan
    require(math.isfinite(number), name, f"{raw[key]!r} in {key} where a number belongs")
    require(number >= least, name, f"{key} is below {least:g}")
    return number


def _complete(raw: Raw, known: tuple[str, ...], name: str) -> None:
    """Every column is there and none besides."""
    require(None not in raw and None not in raw.values(), name, "another number of cells than the header")
    require(not (missing := sorted(set(known) - set(raw))), name, f"lacks {missing}")
    require(not (unknown := sorted(set(raw) - set(known))), name, f"has unknown columns {unknown}")


def _names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


def _range(low: float, high: float, name: str) -> None:
    require(low < high, name, "from_deg and to_deg do not follow each other")
    require(high - low <= _FULL_TURN_DEG, name, "the range is more than a full turn")


def checked_arm(raw: Raw, name: str = ARMS) -> MomentArm:
    """A row of ``moment_arms.csv``.

    Raises:
        ValueError: the row is malformed; the message names file, row and rule.
    """
    words = tuple(key for key in _names(MomentArm) if key != "coefficients_cm")
    _complete(raw, (*words, *_COEFFICIENTS), name)
    require(raw["muscle"] in LIMB_MUSCLES, name, f"{raw['muscle']!r} is not a limb muscle")
    joint, axis = raw["joint"], raw["axis"]
    require((joint, axis) in load_axes(), name, f"no axis {axis!r} at joint {joint!r} in {AXES}")
    require(joint in MUSCLES[raw["muscle"]].joints, name, f"this muscle does not cross the {joint}")
    coefficients = tuple(_number(raw, key, name) for key in _COEFFICIENTS)
    require(any(coefficients), name, "every coefficient is 0")
    row = MomentArm(
        coefficients_cm=coefficients,
        from_deg=_number(raw, "from_deg", name),
        to_deg=_number(raw, "to_deg", name),
        fit_error_cm=_number(raw, "fit_error_cm", name, 0),
        sd_log=_number(raw, "sd_log", name, 0),
        **{key: raw[key] for key in words if key not in ("from_deg", "to_deg", "fit_error_cm", "sd_log")},
    )
    _range(row.from_deg, row.to_deg, name)
    check_cited(name, (row.basis, row.source))
    return row


def checked_tendon(raw: Raw, name: str = TENDONS) -> Tendon:
    """A row of ``tendons.csv``.

    Raises:
        ValueError: the row is malformed; the message names file, row and rule.
    """
    _complete(raw, _names(Tendon), name)
    require(raw["muscle"] in LIMB_MUSCLES, name, f"{raw['muscle']!r} is not a limb muscle")
    require(raw["elastic"] in ("yes", "no"), name, "elastic is neither yes nor no")
    measured = raw["stiffness_N_per_mm"] != ""
    numbers = {
        "slack_cm": _number(raw, "slack_cm", name, 0),
        "strain_at_max": _number(raw, "strain_at_max", name, 0),
        "stiffness_N_per_mm": _number(raw, "stiffness_N_per_mm", name, 0) if measured else None,
        "stiffness_sd_log": _number(raw, "stiffness_sd_log", name, 0) if measured else None,
    }
    row = Tendon(**{**raw, **numbers, "elastic": raw["elastic"] == "yes"})
    check_cited(name, (row.basis, row.source), (row.strain_basis, row.strain_source))
    if measured:
        check_cited(name, (row.stiffness_basis, row.stiffness_source))
    return row


def checked_axis(raw: Raw) -> Axis:
    """An ``[[axis]]`` of ``joints.toml``.

    Raises:
        ValueError: the row is malformed; the message names it and the rule.
    """
    name = f"{AXES}: axis {raw.get('joint', '?')}.{raw.get('axis', '?')}"
    row = row_of(Axis, raw, name)
    require(row.joint in JOINTS, name, f"unknown joint {row.joint!r}")
    for key in ("from_deg", "to_deg"):
        _number(raw, key, name)
    _range(row.from_deg, row.to_deg, name)
    for key in ("mass_share", "com_share", "inertia_share"):
        require(_number(raw, key, name, 0) < 1, name, f"{key} is not a share")
    check_cited(name, (row.basis, row.source), (row.inertia_basis, row.inertia_source))
    return row


def checked_passive(raw: Raw) -> Passive:
    """A ``[[passive]]`` of ``joints.toml``.

    Raises:
        ValueError: the row is malformed; the message names it and the rule.
    """
    name = f"{AXES}: passive {raw.get('joint', '?')}.{raw.get('axis', '?')}"
    terms = tuple(_term(term, name) for term in raw.get("terms", ()))
    row = row_of(Passive, {**raw, "terms": terms}, name)
    require((row.joint, row.axis) in load_axes(), name, "no such axis")
    for key in ("constant_Nm", "neutral_deg"):
        _number(raw, key, name)
    for key in ("stiffness_Nm_per_rad", "sd_log"):
        _number(raw, key, name, 0)
    require(bool(row.terms) or row.stiffness_Nm_per_rad > 0, name, "neither a term nor a stiffness")
    check_cited(name, (row.basis, row.source))
    return row


def _term(raw: Raw, name: str) -> PassiveTerm:
    slopes = tuple(row_of(Slope, slope, name) for slope in raw.get("slopes", ()))
    term = row_of(PassiveTerm, {**raw, "slopes": slopes}, name)
    require(term.sign in (-1, 1), name, "the sign of a term is neither 1 nor -1")
    for slope in slopes:
        require((slope.joint, slope.axis) in load_axes(), name, f"no axis {slope.joint}.{slope.axis}")
    return term


def _departure(name: str, raw: Raw) -> PathDeparture:
    _complete(raw, _names(PathDeparture), name)
    words = ("muscle", "first", "second", "source", "checked")
    numbers = {key: _number(raw, key, name) for key in _names(PathDeparture) if key not in words}
    return PathDeparture(**{**raw, **numbers})


@lru_cache(maxsize=1)
def load_axes() -> dict[tuple[str, str], Axis]:
    """Every axis by (joint, axis), from ``joints.toml``.

    Raises:
        ValueError: a row is malformed or an axis stands twice.
    """
    found: dict[tuple[str, str], Axis] = {}
    for raw in toml_rows(AXES, "axis"):
        row = checked_axis(raw)
        require((row.joint, row.axis) not in found, f"{AXES}: {row.joint}.{row.axis}", "stands twice")
        found[row.joint, row.axis] = row
    return found


@lru_cache(maxsize=1)
def load_moment_arms() -> dict[Key, MomentArm]:
    """Every moment arm by (muscle, joint, axis), from ``moment_arms.csv``.

    Raises:
        ValueError: a row is malformed or stands twice.
    """
    found: dict[Key, MomentArm] = {}
    for name, raw in csv_lines(ARMS):
        row = checked_arm(raw, name)
        key = (row.muscle, row.joint, row.axis)
        require(key not in found, name, "stands twice")
        found[key] = row
    return found


@lru_cache(maxsize=1)
def load_tendons() -> dict[str, Tendon]:
    """Every tendon by muscle, from ``tendons.csv``.

    Raises:
        ValueError: a row is malformed or a muscle stands twice.
    """
    found: dict[str, Tendon] = {}
    for name, raw in csv_lines(TENDONS):
        row = checked_tendon(raw, name)
        require(row.muscle not in found, name, "stands twice")
        found[row.muscle] = row
    return found


@lru_cache(maxsize=1)
def load_passive() -> dict[tuple[str, str], Passive]:
    """The passive torque by (joint, axis), from ``joints.toml``; axes without one are missing."""
    rows = [checked_passive(raw) for raw in toml_rows(AXES, "passive")]
    return {(row.joint, row.axis): row for row in rows}


@lru_cache(maxsize=1)
def load_departures() -> tuple[PathDeparture, ...]:
    """How far each muscle's path departs from the sum over its axes, from ``path_departures.csv``."""
    return tuple(_departure(name, raw) for name, raw in csv_lines(DEPARTURES))


def moment_arm(muscle: str, joint: str, axis: str) -> MomentArm:
    """The moment arm of a muscle about an axis; ``KeyError`` if the table has none."""
    return load_moment_arms()[muscle, joint, axis]


def muscles_crossing(joint: str, axis: str) -> tuple[str, ...]:
    """The muscles with a moment arm about an axis, in the order of the table."""
    return tuple(key[0] for key in load_moment_arms() if key[1:] == (joint, axis))


def axes_of(joint: str, movement: str) -> tuple[tuple[str, int], ...]:
    """The axes that a movement of the vocabulary turns, each with the sign of its angle's change."""
    turned = [
        (row.axis, 1 if row.movement == movement else -1)
        for row in load_axes().values()
        if row.joint == joint and movement in (row.movement, row.opposite_movement)
    ]
    return tuple(turned)
