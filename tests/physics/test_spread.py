"""Spread: units are conserved, solvers agree with closed forms and each other, and geometry matters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from endplate.case import load_case, planned_injections
from endplate.knowledge.anatomy import load_bodies
from endplate.physiology import spread
from endplate.physiology.spread.field import Grid, Medium, course, exposure, grid_of, lay_down
from endplate.simulation.anatomy import LIBRARY, build_part, limb_of, load_part, segment_of
from endplate.simulation.injection import CLASSES, person_of, reach, rows_of, tips_of
from endplate.simulation.parameters import OneAtATime, RandomDraws, draw

ARM = Path(__file__).parents[2] / "examples" / "adult_arm.yaml"
DRAWS = 40


def inject(muscle, *, dose=100.0, sites=1, volume=1.0, at=None, error=0.0, hit=1.0, size=1.0, draws=None):
    """One injection by a hand with this error (mm) and chance of the muscle."""
    draws = draws or RandomDraws(2, DRAWS)
    p, part = draw(spread.Parameters, draws), load_part(segment_of(muscle))
    row, body = part.muscles.index(muscle), load_bodies()[muscle]
    ones = np.ones(draws.size)
    hand = spread.Hand(error * ones, error * ones, hit * ones)
    chance = spread.Chance(
        draws.normal("needle", 3 * sites).reshape(-1, sites, 3),
        draws.uniform("miss", 2 * sites).reshape(-1, sites, 2),
    )
    level = ((body.zone_low + body.zone_high) / 2 if at is None else at) * ones
    aim = spread.Aim(row, level, sites, 0, sites)
    scale = size * ones
    tips = spread.place(part.geometry, aim, p.site_spacing_mm, scale, hand, chance)
    shift, aimed = np.zeros((draws.size, len(part.muscles))), np.arange(len(part.muscles)) == row
    return row, spread.deposit(p, part.geometry, scale, shift, aimed, tips, dose, volume), tips, p, part


SOME = ["biceps_brachii", "flexor_carpi_ulnaris", "soleus", "adductor_pollicis", "extensor_digitorum_brevis"]


@pytest.mark.parametrize("muscle", SOME)
@pytest.mark.parametrize("size", [1.0, 0.6])
def test_exposure_is_what_the_units_allow(muscle, size):
    """By hand, with misses, in adult and child: units are held, and no endplate feels more than is possible.

    The bound is thirty densest free boluses, or three times the dose in the segment's smallest muscle.
    """
    _, found, _, p, part = inject(muscle, error=8.0, hit=0.3, size=size)
    along, across = spread.variances_mm2(p, 1.0)
    densest = 100.0 / np.sqrt((2 * np.pi) ** 3 * along * across**2) * 1000 / p.clearance_per_h
    most = found.exposure_U_h_per_mL.max(axis=(1, 2))
    held = found.held_U.sum(axis=1)
    assert held == pytest.approx(100.0, rel=1e-9)
    smallest = part.geometry.volume_mL.min() * size**3
    assert (most <= 3 * np.maximum(densest * 10, 100 / smallest / p.clearance_per_h)).all()


def test_the_share_of_hits_is_the_record(forearm):
    """Errors do not change which muscle is hit: within 4 standard errors of the chance asked for."""
    draws = RandomDraws(5, 2000)
    row, _, tips, *_ = inject("flexor_carpi_radialis", error=8.0, hit=0.7, draws=draws)
    assert abs((tips.host == row).mean() - 0.7) < 4 * np.sqrt(0.7 * 0.3 / 2000)


def test_two_rows_into_one_muscle_are_one_row_with_their_sites():
    def tips(sites, first, total):
        part = load_part("upper_arm")
        row, ones = part.muscles.index("biceps_brachii"), np.ones(1)
        hand = spread.Hand(0 * ones, 0 * ones, ones)
        chance = spread.Chance(np.zeros((1, sites, 3)), np.zeros((1, sites, 2)))
        aim = spread.Aim(row, 0.6 * ones, sites, first, total)
        return spread.place(part.geometry, aim, 20 * ones, ones, hand, chance).mm[0]

    assert np.concatenate([tips(1, 0, 3), tips(2, 1, 3)]) == pytest.approx(tips(3, 0, 3))


def test_a_person_of_another_size_with_another_zone():
    """Lengths, boluses and diffusivities scaled together: the same exposure over the cube of the scale."""
    part, ones, size = load_part("forearm"), np.ones(1), 0.6
    row = part.muscles.index("flexor_carpi_radialis")
    p = draw(spread.Parameters, OneAtATime(()))
    small = type(p)(
        **{
            **vars(p),
            "bolus_length_cm": p.bolus_length_cm * size,
            "bolus_margin_cm": p.bolus_margin_cm * size,
            "bolus_fluid_share": p.bolus_fluid_share * size**3,
            "diffusivity_along_mm2_per_d": p.diffusivity_along_mm2_per_d * size**2,
            "diffusivity_across_mm2_per_d": p.diffusivity_across_mm2_per_d * size**2,
        }
    )
    found = []
    for parameters, scale in ((p, 1.0), (small, size)):
        hand = spread.Hand(0 * ones, 0 * ones, ones)
        chance = spread.Chance(np.zeros((1, 2, 3)), np.zeros((1, 2, 2)))
        aim = spread.Aim(row, 0.5 * ones, 2, 0, 2)
        tips = spread.place(part.geometry, aim, 20 * scale * ones, scale * ones, hand, chance)
        shift = np.full((1, len(part.muscles)), 0.1)
        aimed = np.arange(len(part.muscles)) == row
        left = spread.deposit(parameters, part.geometry, scale * ones, shift, aimed, tips, 100.0, 1.0)
        found.append(left.exposure_U_h_per_mL[0, row] * scale**3)
    assert found[1] == pytest.approx(found[0], rel=1e-6)


def test_linear_in_dose_and_nothing_without_a_dose():
    single, double, none = (inject("biceps_brachii", dose=dose)[1] for dose in (50.0, 100.0, 0.0))
    assert double.exposure_U_h_per_mL == pytest.approx(2 * single.exposure_U_h_per_mL)
    assert (none.exposure_U_h_per_mL == 0).all() and (none.held_U == 0).all()


def test_a_needle_that_misses_fills_a_neighbour():
    row, hit, *_ = inject("flexor_carpi_radialis", hit=1.0)
    _, missed, *_ = inject("flexor_carpi_radialis", hit=0.0)
    assert np.median(hit.held_U[:, row]) > 80
    assert np.median(missed.held_U[:, row]) < 30


def test_off_the_endplate_zone_the_same_units_reach_less():
    """A third of the belly away from the zone the median exposure falls below half, in a long muscle."""
    row, on, *_ = inject("biceps_brachii", sites=2)
    _, off, *_ = inject("biceps_brachii", sites=2, at=0.2)
    assert np.median(off.exposure_U_h_per_mL[:, row]) < np.median(on.exposure_U_h_per_mL[:, row]) / 2


def reached(muscle, **how):
    """Share of endplates that feel more than 1 U h/mL of 100 U."""
    row, found, *_ = inject(muscle, **how)
    return float((found.exposure_U_h_per_mL[:, row] > 1.0).mean())


@pytest.mark.parametrize(("change", "least"), [({"sites": 4}, 0.1), ({"volume": 8.0}, 0.1)])
def test_more_sites_or_volume_help_a_large_muscle_and_not_a_small_one(change, least):
    """Without a switch: one site of 2 mL reaches part of biceps or gastrocnemius, all of a small muscle."""
    plan = {"sites": 1, "volume": 2.0}
    for muscle in ("biceps_brachii", "gastrocnemius_medial"):
        assert reached(muscle, **plan | change) - reached(muscle, **plan) > least
    small = "extensor_digitorum_brevis"
    assert abs(reached(small, **plan | change) - reached(small, **plan)) < 0.01


def test_the_bolus_has_the_size_seen_by_mri():
    """1 mL in spastic biceps: 3.25 cm long and 0.74 cm thick within minutes (elwischger2014), to 10 %."""
    p = draw(spread.Parameters, OneAtATime(()))
    bare = 0 * p.bolus_margin_cm
    along, across = spread.variances_mm2(type(p)(**{**vars(p), "bolus_margin_cm": bare}), 1.0)
    assert 2 * np.sqrt(5 * along[0]) / 10 == pytest.approx(3.25, rel=0.1)
    assert 2 * np.sqrt(5 * across[0]) / 10 == pytest.approx(0.74, rel=0.1)


# ---- the voxel solver --------------------------------------------------------------------------------


def box(cells, spacing_mm=1.0):
    """An open box of one muscle."""
    return grid_of(np.zeros(cells, dtype=np.int16), spacing_mm, 1.0)


def middles(grid: Grid):
    axes = [(np.arange(n) + 0.5) * grid.spacing_mm for n in grid.volume_mm3.shape]
    return np.meshgrid(*axes, indexing="ij")


def test_exposure_equals_a_manufactured_solution():
    """cos waves in a box: error below 0.5 % and falling fourfold when the cells are halved."""
    medium, errors = Medium(3.0, 1.0, 2.0), []
    for factor in (1, 2):
        grid = box((24 * factor, 16 * factor, 16 * factor), 1.0 / factor)
        z, x, y = middles(grid)
        wanted = 1 + 0.5 * np.cos(np.pi * z / 24) * np.cos(np.pi * x / 16) * np.cos(np.pi * y / 16)
        waves = (np.pi / 24) ** 2 * 3.0 + 2 * (np.pi / 16) ** 2
        source = (2.0 * wanted + waves * (wanted - 1)) * grid.volume_mm3
        errors.append(np.abs(exposure(grid, medium, source) - wanted).max())
    assert errors[0] < 5e-3
    assert errors[1] < errors[0] / 3


def test_a_gaussian_spreads_as_in_free_space():
    """Far from walls the Gaussian keeps its form: variance + 2Dt along each axis, within 1 % of its peak."""
    grid, medium = box((48, 32, 32)), Medium(2.0, 1.0, 0.5)
    z, x, y = middles(grid)

    def gauss(t):
        vz, vr = 16 + 2 * 2.0 * t, 9 + 2 * 1.0 * t
        form = np.exp(-((z - 24) ** 2) / (2 * vz) - ((x - 16) ** 2 + (y - 16) ** 2) / (2 * vr))
        return form / np.sqrt((2 * np.pi) ** 3 * vz * vr**2) * np.exp(-0.5 * t)

    *_, (day, held) = course(grid, medium, gauss(0) * grid.volume_mm3, 2.0, 20)
    assert day == 2.0
    assert np.abs(held - gauss(2.0)).max() < 0.01 * gauss(2.0).max()


@pytest.fixture(scope="module")
def forearm():
    limb, names = limb_of("forearm", spacing_mm=2.0)
    return grid_of(limb.labels, 2.0, 0.77), names


def source_in(grid, muscle_row):
    z, x, y = middles(grid)
    own = grid.labels == muscle_row
    centre = [axis[own].mean() for axis in (z, x, y)]
    form = np.exp(-((z - centre[0]) ** 2) / 200 - ((x - centre[1]) ** 2 + (y - centre[2]) ** 2) / 20)
    amount = form * own
    return amount / amount.sum()


def test_mass_balance_of_the_voxel_solver(forearm):
    """Cleared equals injected to 1e-6; in the course, held falls as clearance alone says, to 1e-6."""
    grid, names = forearm
    medium, amount = Medium(4.0, 0.86, 1.66), source_in(grid, names.index("flexor_carpi_radialis"))
    found = exposure(grid, medium, amount)
    assert (found * grid.volume_mm3).sum() * medium.clearance_per_d == pytest.approx(1.0, abs=1e-6)
    for day, held in course(grid, medium, amount, 5.0, 10):
        assert (held * grid.volume_mm3).sum() == pytest.approx(np.exp(-1.66 * day), abs=1e-6)


def test_the_integral_of_the_course_is_the_exposure(forearm):
    """Within 1 % (L2), 40 growing steps over ten clearance times."""
    grid, names = forearm
    medium, amount = Medium(4.0, 0.86, 1.66), source_in(grid, names.index("flexor_carpi_radialis"))
    found, total, before = exposure(grid, medium, amount), 0.0, None
    for day, held in course(grid, medium, amount, 6.0, 40):
        if before is not None:
            total = total + (day - before[0]) * (held + before[1]) / 2
        before = (day, held)
    assert np.sqrt(((total - found) ** 2).sum() / (found**2).sum()) < 0.01


def test_one_adjoint_solve_gives_the_exposure_of_every_site(forearm):
    grid, names = forearm
    medium = Medium(4.0, 0.86, 1.66)
    own = grid.labels == names.index("flexor_digitorum_superficialis")
    weights = np.where(own, grid.volume_mm3, 0.0)
    weights /= weights.sum()
    adjoint = exposure(grid, medium, weights)
    for name in ("flexor_digitorum_superficialis", "flexor_carpi_radialis"):
        amount = source_in(grid, names.index(name))
        direct = (exposure(grid, medium, amount) * weights).sum()
        assert (adjoint * amount).sum() == pytest.approx(direct, rel=1e-6)


def test_fascia_lets_less_through(forearm):
    limb, names = limb_of("forearm", spacing_mm=2.0)
    medium, row = Medium(40.0, 8.6, 1.66), names.index("flexor_carpi_radialis")
    held = []
    for fascia in (1.0, 0.77, 0.0):
        grid = grid_of(limb.labels, 2.0, fascia)
        found = exposure(grid, medium, source_in(grid, row)) * grid.volume_mm3
        held.append(found[grid.labels == row].sum() * 1.66)
    assert held[0] < held[1] < held[2]
    assert held[2] == pytest.approx(1.0, abs=1e-6)


def voxel_exposure(part, tips, p, volume):
    """Exposure (U d/mm3 of 100 U) of a plan on 2-mm voxels, by the same rule for host and neighbours."""
    limb, _ = limb_of(part.segment, spacing_mm=2.0)
    fascia = float(p.fascia_transmission[0])
    contact = part.geometry.contact
    grid = grid_of(limb.labels, 2.0, fascia, contact)
    axes = tuple(o + np.arange(n) * 2.0 for o, n in zip(limb.origin_mm, limb.labels.shape, strict=True))
    sites = tips.mm.shape[1]
    along, across = (float(v[0]) for v in spread.variances_mm2(p, volume / sites))
    variances = np.array([along, across, across])
    placed = zip(tips.mm[0], tips.host[0], strict=True)
    laid = [lay_down(grid, axes, tip, int(host), variances, fascia, contact) for tip, host in placed]
    rates = (p.diffusivity_along_mm2_per_d, p.diffusivity_across_mm2_per_d, p.clearance_per_d)
    medium = Medium(*(float(rate[0]) for rate in rates))
    return grid, exposure(grid, medium, np.sum(laid, axis=0) * 100 / sites, 1e-6)


def test_the_fast_path_agrees_with_the_voxel_solver():
    """Over twelve plans: held units within 3 % in the median, and no bias of the mean exposure over 10 %."""
    held, ratios = [], []
    plans = [
        (m, s) for m in ("biceps_brachii", "brachialis", "soleus", "gastrocnemius_medial") for s in (1, 2, 4)
    ]
    for muscle, sites in plans:
        row, found, tips, p, part = inject(muscle, sites=sites, volume=sites, draws=OneAtATime(()))
        grid, field = voxel_exposure(part, tips, p, float(sites))
        own, body = grid.labels == row, load_bodies()[muscle]
        held.append(found.held_U[0, row] / (field * grid.volume_mm3)[own].sum() / p.clearance_per_d[0])
        z = np.nonzero(own)[0]
        along = (z - z.min()) / np.ptp(z)
        bands = [(body.zone_low, body.zone_high), *body.zone_further]
        zone = np.any([(along >= low) & (along <= high) for low, high in bands], axis=0)
        ratios.append(found.exposure_U_h_per_mL[0, row].mean() / (field[own][zone].mean() * 24_000))
    assert np.median(np.abs(np.array(held) - 1)) < 0.03
    assert np.exp(np.mean(np.log(ratios))) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("segment", ["forearm", "foot"])
def test_the_shipped_library_is_what_the_tables_give(segment):
    """To the precision in which it is stored: `scripts/build_geometry.py` was run after the last change."""
    made, held = build_part(segment).geometry, load_part(segment).geometry
    assert LIBRARY.stat().st_size < 1_000_000
    for name, values in vars(made).items():
        assert getattr(held, name) == pytest.approx(values, rel=1e-5, abs=1e-4), name


def test_needles_lie_where_numpy_puts_them():
    """Without errors: the middle of the belly at the level, or of the neighbour hit; chosen by contact."""
    part, size = load_part("forearm"), 300
    g, row, rng = part.geometry, part.muscles.index("flexor_carpi_radialis"), np.random.default_rng(4)
    level, scale, luck = rng.random(size), rng.uniform(0.5, 1.2, size), rng.random((size, 1, 2))
    hand = spread.Hand(np.zeros(size), np.zeros(size), np.full(size, 0.5))
    chance = spread.Chance(np.zeros((size, 1, 3)), luck)
    tips = spread.place(g, spread.Aim(row, level, 1, 0, 1), np.ones(size), scale, hand, chance)
    even = np.linspace(0, 1, g.centre_mm.shape[1])
    for d in range(size):
        z = np.interp(level[d], even, g.centre_mm[row, :, 0])
        present = (z >= g.centre_mm[:, 0, 0]) & (z <= g.centre_mm[:, -1, 0])
        weight, host = np.cumsum(present * g.contact[row]), row
        if luck[d, 0, 0] > 0.5 and weight[-1] > 0:
            host = int((weight < luck[d, 0, 1] * weight[-1]).sum())
        assert tips.host[d, 0] == host
        middle = np.array([np.interp(z, g.centre_mm[host, :, 0], g.centre_mm[host, :, k]) for k in range(3)])
        away = ((middle - g.points_mm[host]) ** 2 / g.spread_mm2[host]).sum(axis=1)
        stays = middle if away.min() <= 9 else g.points_mm[host, away.argmin()]
        assert tips.mm[d, 0] == pytest.approx(stays * scale[d], rel=1e-6)


def test_what_reaches_a_muscle_is_the_sum_over_its_needles():
    """Endplates of a muscle sorted by what all rows left together, whatever block a copy is followed in."""
    injections = planned_injections(load_case(ARM))
    person = person_of(injections, 70.0, RandomDraws(3, 70))
    found = reach(injections, 70.0, RandomDraws(3, 70))
    place = (injections[0].muscle, injections[0].side)
    rows = [row for row in rows_of(injections) if row.part.segment == segment_of(place[0])]
    part, total = rows[0].part, 0
    aimed = np.array([(muscle, place[1]) in person.aimed for muscle in part.muscles])
    sd = np.array([load_bodies()[muscle].zone_sd for muscle in part.muscles])
    zones = [person.draws.normal(f"zone/{muscle}/{place[1]}", 1) for muscle in part.muscles]
    for row in rows:
        total = (
            total
            + spread.deposit(
                person.spread,
                part.geometry,
                person.scale,
                np.concatenate(zones, axis=1) * sd,
                aimed,
                tips_of(row, person),
                row.shot.dose_U,
                row.shot.volume_mL,
            ).exposure_U_h_per_mL
        )
    sorted_ = np.sort(total[:, part.muscles.index(place[0])], axis=1)
    slow = sorted_.reshape(70, CLASSES, -1).mean(axis=2)
    assert found[place].exposure_U_h_per_mL == pytest.approx(slow, rel=1e-12)
