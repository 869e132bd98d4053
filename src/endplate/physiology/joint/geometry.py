r"""Moment arm and path length of a muscle over one joint axis, and the passive torque of the joint.

The arm is a polynomial of the angle :math:`\theta` (rad, from the anatomical position) within its range and
keeps its value at the border beyond it; the path length is its exact integral, so that work and energy
agree:

.. math::
   r(\theta) = \sum_k c_k \bar\theta^k, \quad \bar\theta = \min(\max(\theta, a), b), \quad
   \Delta L(\theta) = -\int_0^\theta r(s)\,ds

A positive arm means that the muscle produces the positive movement. Changes of length over several axes
add.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def _polynomial(angle_rad: Array, coefficients: Array) -> Array:
    """Horner's rule over the leading axis of ``coefficients``, lowest power first."""
    total = np.zeros(np.broadcast_shapes(angle_rad.shape, coefficients.shape[1:]))
    for coefficient in coefficients[::-1]:
        total = total * angle_rad + coefficient
    return total


def moment_arm_cm(
    angle_rad: ArrayLike, coefficients_cm: ArrayLike, low_rad: ArrayLike, high_rad: ArrayLike
) -> Array:
    """Moment arm, cm.

    Args:
        angle_rad: angle of the axis, any shape.
        coefficients_cm: (powers, ...), lowest power first; the rest broadcasts with ``angle_rad``.
        low_rad: lower border of the polynomial's range, broadcasts with ``angle_rad``.
        high_rad: upper border.
    """
    within = np.clip(np.asarray(angle_rad, dtype=np.float64), low_rad, high_rad)
    return _polynomial(within, np.asarray(coefficients_cm, dtype=np.float64))


def _integral(angle_rad: Array, coefficients: Array, low_rad: ArrayLike, high_rad: ArrayLike) -> Array:
    """An antiderivative of the arm, up to a constant, cm."""
    powers = np.arange(1, len(coefficients) + 1).reshape((-1,) + (1,) * (coefficients.ndim - 1))
    within = np.clip(angle_rad, low_rad, high_rad)
    inside = within * _polynomial(within, coefficients / powers)
    return inside + (angle_rad - within) * _polynomial(within, coefficients)


def path_length_change_cm(
    angle_rad: ArrayLike, coefficients_cm: ArrayLike, low_rad: ArrayLike, high_rad: ArrayLike
) -> Array:
    """Length of the muscle's path minus that in the anatomical position, cm; arguments as the arm's."""
    angle = np.asarray(angle_rad, dtype=np.float64)
    coefficients = np.asarray(coefficients_cm, dtype=np.float64)
    start = _integral(np.zeros_like(angle), coefficients, low_rad, high_rad)
    return start - _integral(angle, coefficients, low_rad, high_rad)


def exponential_torque_Nm(
    angles_deg: ArrayLike, signs: ArrayLike, exponents: ArrayLike, per_deg: ArrayLike, constant_Nm: float
) -> Array:
    """Passive torque as a sum of exponentials of several axes' angles (Riener and Edrich 1999), Nm.

    Args:
        angles_deg: (axes, ...).
        signs: (terms,), 1 or -1.
        exponents: (terms,).
        per_deg: (terms, axes), growth of each exponent per degree.
        constant_Nm: added to the sum.
    """
    angles = np.asarray(angles_deg, dtype=np.float64)
    growth = np.tensordot(np.asarray(per_deg, dtype=np.float64), angles, axes=1)
    shape = (-1,) + (1,) * (angles.ndim - 1)
    start = np.asarray(exponents, dtype=np.float64).reshape(shape)
    sign = np.asarray(signs, dtype=np.float64).reshape(shape)
    return np.asarray(np.sum(sign * np.exp(start + growth), axis=0) + constant_Nm)


def linear_torque_Nm(angle_deg: ArrayLike, stiffness_Nm_per_rad: float, neutral_deg: float) -> Array:
    """Passive torque of a spring about its neutral angle, Nm, any shape."""
    angle = np.asarray(angle_deg, dtype=np.float64)
    return np.asarray(-stiffness_Nm_per_rad * np.deg2rad(angle - neutral_deg))
