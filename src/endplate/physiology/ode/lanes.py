r"""One collocation step of many exposure bins side by side: a bin is a lane of the processor's vectors.

Given the free toxin the equations of a bin form a chain, each linear in its own variable, so a step is a row
of closed 4 x 4 solves in straight-line code: uptake, E, L, S, P and the release that gates uptake, which is
swept until it rests, then once W, G, transmission and A (symbols as in ``equations``). Lanes lie one beside
another in rows of a work array; every loop over them is free of branches and calls, so that the compiler
turns it into vector instructions. :func:`exp_lane` and :func:`log_lane` stand in for the library's, which
would break that; their relative error is below 1e-12.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.physiology.ode.collocation import MATRIX, STAGES
from endplate.physiology.ode.equations import Rates

Array = NDArray[np.float64]
Four = tuple[float, float, float, float]

LANES = 16  # bins of one block; rows of the work array lie this far apart

(
    RELATIVE,
    ENDOSOME,
    LIGHT_CHAIN,
    INTACT,
    CLEAVED,
    LEFT,
    LASTING,
    SPROUT,
    OPEN,
    SIZE,
    ENDOSOME_END,
    LIGHT_CHAIN_END,
    LIGHT_CHAIN_BEFORE,
    INTACT_END,
    CLEAVED_END,
    LASTING_END,
    SPROUT_END,
) = (LANES * row for row in range(17))
UPTAKE_STAGES, LEFT_STAGES, LOG_LEFT_STAGES, OPEN_STAGES, SIZE_STAGES = (
    LANES * (17 + STAGES * quantity) for quantity in range(5)
)
BLOCK = SIZE_STAGES + STAGES * LANES

FREE, PROTEIN, ANTIBODY, DEPOSITED, TRANSLOCATED, CHAIN, DEGRADED, LASTED, SPROUTED = range(9)
LINEAR_RATES = 9

_A = tuple(float(x) for x in MATRIX.ravel())
END_WEIGHTS = _A[-4:]
_SHIFT = 1.5 * 2.0**52  # added and taken away again, it rounds to the nearest integer
_SHIFT_BITS = int(np.float64(_SHIFT).view(np.int64))
_ROOT_HALF_BITS = int(np.float64(math.sqrt(1 / 2)).view(np.int64))
_EXPONENT_AT = 52
_EXPONENT_BIAS = 1023
_LN2 = math.log(2)
_EXP = tuple(1 / math.factorial(k) for k in range(11))
_LOG = tuple(2 / (2 * k + 1) for k in range(7))


@njit(forceinline=True, nogil=True, error_model="numpy", fastmath={"contract"})
def exp_lane(x: float) -> float:
    """Power x of e, for -700 < x < 700."""
    shifted = x * (1.0 / _LN2) + _SHIFT
    r = x - (shifted - _SHIFT) * _LN2
    r2 = r * r
    low = (_EXP[3] * r + _EXP[2]) * r2 + (r + 1.0)
    middle = (_EXP[7] * r + _EXP[6]) * r2 + (_EXP[5] * r + _EXP[4])
    high = _EXP[10] * r2 + (_EXP[9] * r + _EXP[8])
    series = (high * (r2 * r2) + middle) * (r2 * r2) + low
    power = np.float64(shifted).view(np.int64) - _SHIFT_BITS + _EXPONENT_BIAS
    return series * np.int64(power << _EXPONENT_AT).view(np.float64)


@njit(forceinline=True, nogil=True, error_model="numpy", fastmath={"contract"})
def log_lane(y: float) -> float:
    """Natural logarithm of a positive number."""
    bits = np.float64(y).view(np.int64)
    power = (bits - _ROOT_HALF_BITS) >> _EXPONENT_AT
    mantissa = np.int64(bits - (power << _EXPONENT_AT)).view(np.float64)
    exponent = np.int64(power + _SHIFT_BITS).view(np.float64) - _SHIFT
    f = (mantissa - 1.0) / (mantissa + 1.0)
    z = f * f
    z2 = z * z
    low = (_LOG[3] * z + _LOG[2]) * z2 + (_LOG[1] * z + _LOG[0])
    high = _LOG[6] * z2 + (_LOG[5] * z + _LOG[4])
    return exponent * _LN2 + f * (high * (z2 * z2) + low)


@njit(forceinline=True, nogil=True, error_model="numpy", fastmath={"contract"})
def relax(g: Array, start: float, source: Four) -> Four:
    """Stages of a quantity with constant loss; g as :func:`collocation.propagators` writes it."""
    a, b, c, d = source
    return (
        g[0] * start + g[4] * a + g[5] * b + g[6] * c + g[7] * d,
        g[1] * start + g[8] * a + g[9] * b + g[10] * c + g[11] * d,
        g[2] * start + g[12] * a + g[13] * b + g[14] * c + g[15] * d,
        g[3] * start + g[16] * a + g[17] * b + g[18] * c + g[19] * d,
    )


@njit(forceinline=True, nogil=True, error_model="numpy", fastmath={"contract"})
def relax_varying(h: float, loss: Four, start: float, source: Four) -> Four:
    """Stages of a quantity whose loss varies, by elimination without pivoting.

    The pivots stay away from 0: every leading block of A has eigenvalues with positive real part.
    """
    k0, k1, k2, k3 = h * loss[0], h * loss[1], h * loss[2], h * loss[3]
    f0, f1, f2, f3 = h * source[0], h * source[1], h * source[2], h * source[3]
    y0 = start + _A[0] * f0 + _A[1] * f1 + _A[2] * f2 + _A[3] * f3
    y1 = start + _A[4] * f0 + _A[5] * f1 + _A[6] * f2 + _A[7] * f3
    y2 = start + _A[8] * f0 + _A[9] * f1 + _A[10] * f2 + _A[11] * f3
    y3 = start + _A[12] * f0 + _A[13] * f1 + _A[14] * f2 + _A[15] * f3
    m01, m02, m03 = _A[1] * k1, _A[2] * k2, _A[3] * k3
    m11, m12, m13 = 1.0 + _A[5] * k1, _A[6] * k2, _A[7] * k3
    m21, m22, m23 = _A[9] * k1, 1.0 + _A[10] * k2, _A[11] * k3
    m31, m32, m33 = _A[13] * k1, _A[14] * k2, 1.0 + _A[15] * k3
    r0 = 1.0 / (1.0 + _A[0] * k0)
    t1, t2, t3 = _A[4] * k0 * r0, _A[8] * k0 * r0, _A[12] * k0 * r0
    m11, m12, m13, y1 = m11 - t1 * m01, m12 - t1 * m02, m13 - t1 * m03, y1 - t1 * y0
    m21, m22, m23, y2 = m21 - t2 * m01, m22 - t2 * m02, m23 - t2 * m03, y2 - t2 * y0
    m31, m32, m33, y3 = m31 - t3 * m01, m32 - t3 * m02, m33 - t3 * m03, y3 - t3 * y0
    r1 = 1.0 / m11
    t2, t3 = m21 * r1, m31 * r1
    m22, m23, y2 = m22 - t2 * m12, m23 - t2 * m13, y2 - t2 * y1
    m32, m33, y3 = m32 - t3 * m12, m33 - t3 * m13, y3 - t3 * y1
    r2 = 1.0 / m22
    t3 = m32 * r2
    end = (y3 - t3 * y2) / (m33 - t3 * m23)
    third = (y2 - m23 * end) * r2
    second = (y1 - m12 * third - m13 * end) * r1
    return (y0 - m01 * second - m02 * third - m03 * end) * r0, second, third, end


@njit(forceinline=True, nogil=True, error_model="numpy", fastmath={"contract"})
def load(w: Array, row: int) -> Four:
    """Four stages that stand from ``row`` on, of one lane."""
    return w[row], w[row + LANES], w[row + 2 * LANES], w[row + 3 * LANES]


@njit(forceinline=True, nogil=True, error_model="numpy", fastmath={"contract"})
def store(w: Array, row: int, stages: Four) -> None:
    """Write four stages of one lane from ``row`` on."""
    w[row], w[row + LANES], w[row + 2 * LANES], w[row + 3 * LANES] = stages


@njit(forceinline=True, nogil=True, error_model="numpy", fastmath={"contract"})
def uptake(toxin: float, left: float, neutral: float, r: Rates[float]) -> float:
    """Critical loads taken up per day at free toxin (U/mL), release over naive and 1 + antibodies."""
    active = r.basal_share + (1.0 - r.basal_share) * left
    return r.uptake * toxin * active / ((1.0 + toxin / r.half_saturation) * neutral)


@njit(forceinline=True, nogil=True, error_model="numpy", fastmath={"contract"})
def log_released(intact: float, cleaved: float, r: Rates[float]) -> float:
    """Logarithm of the parent terminal's release over naive."""
    share = min(max(cleaved / (intact + cleaved), 0.0), 1.0)
    return r.complexes * log_lane(1.0 - share * r.release_loss)


@njit(forceinline=True, nogil=True, error_model="numpy", fastmath={"contract"})
def cleave(w: Array, lane: int, chain: Four, g: Array, h: float, r: Rates[float]) -> None:
    """From light chain at the stages of one lane to the release that is left; writes both."""
    k, made = r.cleavage, r.synthesis
    k0, k1, k2, k3 = k * chain[0], k * chain[1], k * chain[2], k * chain[3]
    loss = (made + k0, made + k1, made + k2, made + k3)
    intact = relax_varying(h, loss, w[INTACT + lane], (made, made, made, made))
    cut = (k0 * intact[0], k1 * intact[1], k2 * intact[2], k3 * intact[3])
    cleaved = relax(g[DEGRADED], w[CLEAVED + lane], cut)
    log0, log1 = log_released(intact[0], cleaved[0], r), log_released(intact[1], cleaved[1], r)
    log2, log3 = log_released(intact[2], cleaved[2], r), log_released(intact[3], cleaved[3], r)
    store(w, LOG_LEFT_STAGES + lane, (log0, log1, log2, log3))
    store(w, LEFT_STAGES + lane, (exp_lane(log0), exp_lane(log1), exp_lane(log2), exp_lane(log3)))
    w[LIGHT_CHAIN_END + lane], w[INTACT_END + lane], w[CLEAVED_END + lane] = chain[3], intact[3], cleaved[3]


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def sweep(w: Array, lanes: int, free: Array, neutral: Four, g: Array, h: float, r: Rates[float]) -> None:
    """From free toxin to release at the stages, with uptake gated by the release of the last sweep.

    Args:
        w: one block of the work array; its rows for release at the stages are filled.
        lanes: lanes in use.
        free: free toxin of the muscle at the stages, U/mL, (stages,).
        neutral: 1 + antibodies at the stages.
        g: propagators of the step, (LINEAR_RATES, PROPAGATOR).
        h: step in days.
        r: the person's constants, numbers.
    """
    f0, f1, f2, f3 = free[0], free[1], free[2], free[3]
    for lane in range(lanes):
        x, left = w[RELATIVE + lane], load(w, LEFT_STAGES + lane)
        taken = (
            uptake(x * f0, left[0], neutral[0], r),
            uptake(x * f1, left[1], neutral[1], r),
            uptake(x * f2, left[2], neutral[2], r),
            uptake(x * f3, left[3], neutral[3], r),
        )
        a, b, c, d = relax(g[TRANSLOCATED], w[ENDOSOME + lane], taken)
        k = r.translocation
        chain = relax(g[CHAIN], w[LIGHT_CHAIN + lane], (k * a, k * b, k * c, k * d))
        store(w, UPTAKE_STAGES + lane, taken)
        w[ENDOSOME_END + lane] = d
        cleave(w, lane, chain, g, h, r)


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def decline(w: Array, lanes: int, g: Array, h: float, r: Rates[float]) -> None:
    """As :func:`sweep`, once no toxin is left that counts: light chain only declines."""
    for lane in range(lanes):
        start, fall = w[LIGHT_CHAIN + lane], g[CHAIN]
        cleave(w, lane, (fall[0] * start, fall[1] * start, fall[2] * start, fall[3] * start), g, h, r)


@njit(forceinline=True, nogil=True, error_model="numpy", fastmath={"contract"})
def blocked(log_left: float, needed: float, r: Rates[float]) -> float:
    """Share of junctions that the parent terminal fails to make transmit."""
    return needed * (1.0 - exp_lane(r.steepness * log_left)) / (exp_lane(r.steepness * log_left) + needed)


@njit(forceinline=True, nogil=True, error_model="numpy", fastmath={"contract"})
def transmitted(left: float, sprout: float, needed: float, r: Rates[float]) -> float:
    """Share of junctions that transmit."""
    quanta = left + r.sprout_share * sprout * (1.0 - left)
    power = exp_lane(r.steepness * log_lane(quanta))
    return power * (1.0 + needed) / (power + needed)


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def answer(w: Array, lanes: int, g: Array, h: float, needed: float, r: Rates[float]) -> None:
    """From release at the stages to sprouts, transmission and fibre size.

    Args:
        w: one block of the work array, as :func:`sweep` or :func:`decline` left it.
        lanes: lanes in use.
        g: propagators of the step, (LINEAR_RATES, PROPAGATOR).
        h: step in days.
        needed: threshold to the power of the steepness.
        r: the person's constants, numbers.
    """
    up, down, thin = r.regrowth, r.atrophy, r.atrophy * r.atrophied_size
    difference, gain = up - down, up - thin
    for lane in range(lanes):
        left, log_left, k = load(w, LEFT_STAGES + lane), load(w, LOG_LEFT_STAGES + lane), r.lasting
        a, b = k * blocked(log_left[0], needed, r), k * blocked(log_left[1], needed, r)
        c, d = k * blocked(log_left[2], needed, r), k * blocked(log_left[3], needed, r)
        lasting, k = relax(g[LASTED], w[LASTING + lane], (a, b, c, d)), r.sprouting
        a, b, c, d = k * lasting[0], k * lasting[1], k * lasting[2], k * lasting[3]
        sprout = relax(g[SPROUTED], w[SPROUT + lane], (a, b, c, d))
        a, b = transmitted(left[0], sprout[0], needed, r), transmitted(left[1], sprout[1], needed, r)
        c, d = transmitted(left[2], sprout[2], needed, r), transmitted(left[3], sprout[3], needed, r)
        loss = (down + difference * a, down + difference * b, down + difference * c, down + difference * d)
        source = (thin + gain * a, thin + gain * b, thin + gain * c, thin + gain * d)
        store(w, OPEN_STAGES + lane, (a, b, c, d))
        store(w, SIZE_STAGES + lane, relax_varying(h, loss, w[SIZE + lane], source))
        w[LASTING_END + lane], w[SPROUT_END + lane] = lasting[3], sprout[3]
