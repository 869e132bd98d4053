r"""Radau IIA collocation with four stages: its nodes and matrix, and linear equations solved by it at once.

A step of length h holds y at the nodes :math:`c_i h` as :math:`Y = y_0 1 + h A f(Y)`; the last node is the
step's end. For :math:`\dot y = f - k y` with constant k and z = h k,

.. math::
   Y = N(z)\,(y_0 1 + h A f), \qquad N(z) = (1 + zA)^{-1} = \frac{\sum_k z^k C_k}{\sum_k e_k z^k}, \quad
   C_k = e_k 1 - A C_{k-1}

with :math:`e_k` the elementary symmetric functions of A's eigenvalues. The scheme is L-stable, of order 7 at
the end of a step.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from endplate._compiled import njit

Array = NDArray[np.float64]

STAGES = 4
PROPAGATOR = STAGES * (STAGES + 1)


def _nodes() -> Array:
    """Roots of the (s-1)-th derivative of :math:`x^{s-1} (1-x)^s`, ascending, the last one 1."""
    polynomial = Polynomial([0, 1]) ** (STAGES - 1) * Polynomial([1, -1]) ** STAGES
    return np.sort(polynomial.deriv(STAGES - 1).roots().real)


def lagrange(nodes: Array) -> list[Polynomial]:
    """The polynomials that are 1 at one node and 0 at the others."""
    return [
        Polynomial.fromroots(np.delete(nodes, k)) / np.prod(nodes[k] - np.delete(nodes, k))
        for k in range(nodes.size)
    ]


def _matrix(nodes: Array) -> Array:
    integrals = [polynomial.integ() for polynomial in lagrange(nodes)]
    return np.array([[integral(node) for integral in integrals] for node in nodes])


def _inverse_terms(matrix: Array) -> tuple[Array, Array]:
    """Coefficients :math:`e_k` and, for every power of z, the matrix :math:`C_k` beside :math:`C_k 1`."""
    symmetric = np.poly(matrix) * (-1.0) ** np.arange(STAGES + 1)
    terms = [np.eye(STAGES)]
    for k in range(1, STAGES):
        terms.append(symmetric[k] * np.eye(STAGES) - matrix @ terms[-1])
    rows = [np.concatenate([term.sum(axis=1), (term @ matrix).ravel()]) for term in terms]
    return symmetric, np.array(rows)


NODES = _nodes()
MATRIX = _matrix(NODES)
_SYMMETRIC, _TERMS = _inverse_terms(MATRIX)
INTERPOLANTS = lagrange(np.concatenate([[0.0], NODES]))


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def propagators(rate: Array, sizes: Array, out: Array) -> None:
    """Fill N(z) 1 (stages) and h N(z) A (stages x stages) for every step size and rate.

    Args:
        rate: k per day, (rates,).
        sizes: step lengths h in days, (sizes,).
        out: written, (sizes, rates, PROPAGATOR).
    """
    for i in range(sizes.size):
        for k in range(rate.size):
            z = sizes[i] * rate[k]
            below = _SYMMETRIC[STAGES]
            for power in range(STAGES - 1, -1, -1):
                below = below * z + _SYMMETRIC[power]
            for entry in range(PROPAGATOR):
                above = _TERMS[STAGES - 1, entry]
                for power in range(STAGES - 2, -1, -1):
                    above = above * z + _TERMS[power, entry]
                out[i, k, entry] = above / below * (1.0 if entry < STAGES else sizes[i])
