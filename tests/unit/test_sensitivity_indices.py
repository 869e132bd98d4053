"""The indices that `sensitivity` works out, on functions whose own are known; needs the extra sensitivity."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from endplate.errors import InputError
from endplate.questions.sensing.indices import ENDS, decompose, power_of_two, screen

A, B = 7.0, 0.1


@pytest.fixture(autouse=True)
def salib(extra):
    return extra("SALib", "sensitivity")


def ishigami(shares):
    """sin x1 + a sin^2 x2 + b x3^4 sin x1, x on [-pi, pi]; a fourth factor is not read."""
    x = np.pi * (2 * (shares - ENDS[0]) / (ENDS[1] - ENDS[0]) - 1)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def closed_form():
    """S1 and ST of Ishigami's function, from its partial variances (Ishigami and Homma 1990)."""
    v1 = (1 + B * np.pi**4 / 5) ** 2 / 2
    v2, v13 = A**2 / 8, 8 * B**2 * np.pi**8 / 225
    total = v1 + v2 + v13
    return np.array([v1, v2, 0, 0]) / total, np.array([v1 + v13, v2, v13, 0]) / total, np.sqrt(total)


NAMES = ("x1", "x2", "x3", "unread")


def test_sobol_finds_the_indices_of_ishigami():
    """Within 0.03, stated before the run, at 4096 base samples."""
    first, whole, sd = closed_form()
    found = decompose(ishigami, NAMES, seed=1, base=4096)
    np.testing.assert_allclose(found.S1, first, atol=0.03)
    np.testing.assert_allclose(found.ST, whole, atol=0.03)
    assert found.sd == pytest.approx(sd, rel=0.02)
    assert found.mean == pytest.approx(A / 2, abs=0.05)
    assert found.ST[3] == 0


def test_indices_of_a_sum_are_the_shares_of_its_terms():
    weights = np.array([3.0, 2.0, 1.0, 0.0])
    found = decompose(lambda shares: shares @ weights, NAMES, seed=2, base=1024)
    wanted = weights**2 / (weights**2).sum()
    np.testing.assert_allclose(found.S1, wanted, atol=0.02)
    np.testing.assert_allclose(found.ST, wanted, atol=0.02)
    assert found.S1.sum() == pytest.approx(1, abs=0.03)


def test_screening_finds_the_slopes_of_a_sum():
    """An elementary effect of a linear function is its slope over the range screened, 0.02 to 0.98."""
    weights = np.array([3.0, 2.0, 1.0, 0.0])
    found = screen(lambda shares: shares @ weights, NAMES, seed=3)
    assert found.mu_star == pytest.approx(0.96 * weights, abs=1e-9)
    assert found.sigma == pytest.approx(np.zeros(4), abs=1e-9)


def test_shares_stay_off_the_ends_when_screening():
    seen = []
    screen(lambda shares: seen.append(shares) or shares[:, 0], ("x",), seed=1)
    assert min(rows.min() for rows in seen) >= 0.02 and max(rows.max() for rows in seen) <= 0.98


def test_what_a_block_has_in_common_is_no_effect():
    """A model may treat a block of rows as a whole; rows of one comparison always lie in one block."""
    blocks = []

    def by_block(shares):
        blocks.append(len(shares))
        return np.full(len(shares), float(len(blocks)))

    many = [f"x{k}" for k in range(700)]
    assert not screen(by_block, many, seed=1).mu_star.any()
    assert len(blocks) > 1
    found = decompose(by_block, many[:50], seed=1, base=64)
    assert not found.ST.any() and found.sd > 0


def test_a_function_that_never_changes_has_no_indices():
    found = decompose(lambda shares: np.full(len(shares), 4.0), NAMES, seed=1, base=8)
    assert not np.concatenate([found.S1, found.ST]).any()
    assert (found.mean, found.sd) == (4.0, 0.0)


def test_the_same_seed_gives_the_same_indices():
    def both(seed):
        found = decompose(ishigami, NAMES, seed=seed, base=64)
        screened = screen(ishigami, NAMES, seed=seed)
        return np.concatenate([found.S1, found.ST_conf, screened.mu_star, screened.mu_star_conf])

    assert np.array_equal(both(5), both(5))
    assert not np.array_equal(both(5), both(6))


def test_base_samples_are_a_power_of_two():
    assert [power_of_two(wanted) for wanted in (1, 2, 3, 1000, 1024, 1025)] == [2, 2, 4, 1024, 1024, 2048]


def test_progress_ends_with_all_done():
    told = []
    decompose(ishigami, NAMES, seed=1, base=1024, progress=told.append)
    assert told == sorted(told) and told[-1] == 1 and len(told) > 1


def test_without_salib_one_sentence_tells_what_to_install(monkeypatch):
    def refuse(name):
        raise ModuleNotFoundError(name, name=name)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(InputError, match="SALib is not installed") as raised:
        screen(ishigami, NAMES, seed=1)
    assert "endplate[sensitivity]" in raised.value.remedy
