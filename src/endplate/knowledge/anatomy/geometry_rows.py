"""What one row of the joint geometry tables says; :mod:`endplate.knowledge.anatomy.geometry` reads them.

An axis is named by its positive movement and its angle is counted in degrees from the anatomical position
(the words of :attr:`Axis.reference`). A moment arm is minus the change of the muscle's path length with that
angle: positive where the muscle produces the axis' positive movement, so that a stretch in the direction it
opposes lengthens it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MomentArm:
    """The moment arm of one muscle about one axis, a polynomial of that axis' angle.

    Attributes:
        coefficients_cm: in rising powers of the angle in radians, cm per rad to the power.
        from_deg: where the polynomial begins to hold; beyond its range the arm keeps its value at the border.
        to_deg: where it ceases to hold.
        fit_error_cm: largest difference from what was fitted; 0 where the source gives the polynomial.
        sd_log: spread between people and sources as SD of the logarithm (assumed).
        departs: where the row departs from its source.
    """

    muscle: str
    joint: str
    axis: str
    coefficients_cm: tuple[float, ...]
    from_deg: float
    to_deg: float
    fit_error_cm: float
    sd_log: float
    basis: str
    source: str
    place: str
    departs: str
    checked: str


@dataclass(frozen=True)
class Tendon:
    """The tendon of one muscle.

    Attributes:
        tendon: its name; muscles with the same name pull on one tendon.
        slack_cm: length at which it begins to carry force.
        strain_at_max: strain at the muscle's largest isometric force.
        elastic: whether a stretch of the joint cannot be told without its compliance.
        stiffness_N_per_mm: measured stiffness of the whole tendon, where there is one.
        stiffness_sd_log: spread of that stiffness as SD of the logarithm.
    """

    muscle: str
    tendon: str
    slack_cm: float
    strain_at_max: float
    strain_basis: str
    strain_source: str
    elastic: bool
    stiffness_N_per_mm: float | None
    stiffness_sd_log: float | None
    stiffness_basis: str
    stiffness_source: str
    basis: str
    source: str
    place: str
    departs: str
    checked: str


@dataclass(frozen=True)
class PathDeparture:
    """How far one muscle's whole path departs from the sum over two axes, cm over the ranges named."""

    muscle: str
    first: str
    second: str
    first_from_deg: float
    first_to_deg: float
    second_from_deg: float
    second_to_deg: float
    largest_cm: float
    rms_cm: float
    source: str
    checked: str


@dataclass(frozen=True)
class Axis:
    """One axis of a joint: its movements, passive range and what hangs distal to it.

    Attributes:
        axis: the positive movement.
        opposite: the negative movement.
        movement: what the vocabulary calls the positive movement at this joint.
        opposite_movement: what it calls the negative one.
        reference: the position of angle 0 in words.
        from_deg: end of the healthy adult's range in the negative direction.
        to_deg: end of the range in the positive direction.
        mass_share: mass of the limb distal to the joint, share of the body's mass.
        com_share: distance of its centre of mass from the axis, share of the body's height.
        inertia_share: its moment of inertia about the axis, share of mass times height squared.
        posture: the position of the distal limb for which those shares hold.
    """

    joint: str
    axis: str
    opposite: str
    movement: str
    opposite_movement: str
    reference: str
    from_deg: float
    to_deg: float
    basis: str
    source: str
    place: str
    departs: str
    mass_share: float
    com_share: float
    inertia_share: float
    posture: str
    inertia_basis: str
    inertia_source: str
    inertia_departs: str
    checked: str


@dataclass(frozen=True)
class Slope:
    """How the exponent of a passive term grows per degree of one axis."""

    joint: str
    axis: str
    per_deg: float


@dataclass(frozen=True)
class PassiveTerm:
    """One exponential of a passive torque: ``sign * exp(exponent + sum of slopes times angles)``, in Nm."""

    sign: float
    exponent: float
    slopes: tuple[Slope, ...]


@dataclass(frozen=True)
class Passive:
    """Passive torque of the healthy joint about one axis, positive in the direction of its movement, Nm.

    The sum of the exponential terms, the constant, and ``-stiffness * (angle - neutral)``.

    Attributes:
        sd_log: spread between people as SD of the logarithm (assumed unless ``place`` says otherwise).
    """

    joint: str
    axis: str
    terms: tuple[PassiveTerm, ...]
    constant_Nm: float
    stiffness_Nm_per_rad: float
    neutral_deg: float
    sd_log: float
    basis: str
    source: str
    place: str
    departs: str
    checked: str
