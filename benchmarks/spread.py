"""Exposure in a limb against scikit-fem on the same problem: time per solve and error, in one run.

The problem has a closed form (a cosine wave in a box), so both errors are errors, not differences.

Run: python benchmarks/spread.py
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.physiology.spread.field import Medium, exposure, grid_of

Array = NDArray[np.float64]

MEDIUM = Medium(4.0, 0.86, 1.66)
RATES = (MEDIUM.along_mm2_per_d, MEDIUM.across_mm2_per_d, MEDIUM.across_mm2_per_d)
SIZE_MM = (64.0, 32.0, 32.0)
ROUNDS = 3


@dataclass(frozen=True)
class Problem:
    """A way to solve the problem and the exposure it should give at its unknowns."""

    solve: Callable[[], Array]
    wanted: Array


def wave(z: Array, x: Array, y: Array) -> Array:
    """The exposure wanted: a wave that meets walls without flux."""
    shares = (2 * np.pi * a / size for a, size in zip((z, x, y), SIZE_MM, strict=True))
    return np.asarray(1 + np.prod([np.cos(share) for share in shares], axis=0) / 2)


def load(z: Array, x: Array, y: Array) -> Array:
    """The source that makes it."""
    waves = sum(d * (2 * np.pi / size) ** 2 for d, size in zip(RATES, SIZE_MM, strict=True))
    return np.asarray(MEDIUM.clearance_per_d * wave(z, x, y) + waves * (wave(z, x, y) - 1))


def ours(spacing_mm: float) -> Problem:
    """Finite volumes on voxels."""
    grid = grid_of(np.zeros([int(s / spacing_mm) for s in SIZE_MM], dtype=np.int16), spacing_mm, 1.0)
    axes = np.meshgrid(*[(np.arange(n) + 1 / 2) * spacing_mm for n in grid.volume_mm3.shape], indexing="ij")
    source = load(*axes) * grid.volume_mm3
    return Problem(lambda: exposure(grid, MEDIUM, source, 1e-6), wave(*axes))


def theirs(spacing_mm: float) -> Problem:
    """scikit-fem: trilinear hexahedra, conjugate gradients with a Jacobi preconditioner."""
    import skfem
    from scipy.sparse.linalg import LinearOperator, cg
    from skfem.helpers import dot, grad

    mesh = skfem.MeshHex.init_tensor(*[np.arange(0, s + spacing_mm / 2, spacing_mm) for s in SIZE_MM])
    basis = skfem.Basis(mesh, skfem.ElementHex1())

    def flow(u: Any, v: Any, _: Any) -> Any:
        rates = np.asarray(RATES)[:, None, None]
        return dot(rates * grad(u), grad(v)) + MEDIUM.clearance_per_d * u * v

    def source(v: Any, w: Any) -> Any:
        return load(*w.x) * v

    def solve() -> Array:
        matrix, right = skfem.BilinearForm(flow).assemble(basis), skfem.LinearForm(source).assemble(basis)
        diagonal = matrix.diagonal()
        jacobi = LinearOperator(matrix.shape, matvec=lambda r: r / diagonal)
        return np.asarray(cg(matrix, right, rtol=1e-6, M=jacobi)[0])

    return Problem(solve, wave(*basis.doflocs))


def measure(problem: Problem, spacing_mm: float) -> dict[str, float]:
    """Unknowns, seconds (best of the rounds) and root-mean-square error."""
    problem.solve()
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = problem.solve()
        seconds.append(time.perf_counter() - start)
    error = float(np.sqrt(np.mean((found - problem.wanted) ** 2)))
    best = min(seconds)
    return {"spacing_mm": spacing_mm, "unknowns": problem.wanted.size, "seconds": best, "rms_error": error}


def main() -> None:
    """Measure both and print one JSON document."""
    rows = {
        "endplate": [measure(ours(mm), mm) for mm in (2.0, 1.0, 0.5)],
        "scikit_fem": [measure(theirs(mm), mm) for mm in (2.0, 1.0)],
    }
    print(f"{'':12}{'spacing mm':>12}{'unknowns':>12}{'seconds':>10}{'rms error':>12}")
    for name, found in rows.items():
        for row in found:
            numbers = f"{row['unknowns']:12.0f}{row['seconds']:10.3f}{row['rms_error']:12.2e}"
            print(f"{name:12}{row['spacing_mm']:12.1f}{numbers}")
    mine, other = rows["endplate"][1], rows["scikit_fem"][1]
    document = {
        "problem": "exposure in a box, cosine wave",
        "rows": rows,
        "scikit_fem_over_endplate_at_1_mm": {
            "seconds": other["seconds"] / mine["seconds"],
            "rms_error": other["rms_error"] / mine["rms_error"],
        },
    }
    print(json.dumps(document))


if __name__ == "__main__":
    main()
