"""Make the rows of the joint geometry that come from OpenSim model files anew (maintainers).

    python scripts/build_joint_geometry.py --leg PATH/Rajagopal2016.osim --arm PATH/arm26.osim

Reads the model files whose paths are given, computes moment arms and path lengths with OpenSim's wrapping,
fits a polynomial per muscle and axis, and replaces the rows of that model in ``moment_arms.csv``,
``tendons.csv`` and ``path_departures.csv``; every other row stays. Arm26 gives tendons only: its elbow arms
are printed beside those of the table as a check. A muscle of several model parts is their mean weighted by
maximal force. OpenSim is not a dependency of endplate.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge import anatomy
from endplate.knowledge.anatomy import geometry as tables
from endplate.knowledge.vocabulary import MUSCLES
from endplate.physiology.joint.geometry import moment_arm_cm, path_length_change_cm

Array = NDArray[np.float64]
DATA = Path(anatomy.__file__).parent / "data"
CM_PER_M = 100.0
POINTS, GRID, POWERS = 61, 13, 6
ENOUGH_CM, CROSSES_CM, DIGITS = 0.1, 0.05, 6
SPREAD = 0.15  # sd_log of the model's arms between people, assumed
LEG, ARM = "rajagopal2016", "opensim_arm_models"

LEG_PARTS = {
    "adductor_brevis": ["addbrev"], "adductor_longus": ["addlong"],
    "adductor_magnus": ["addmagDist", "addmagIsch", "addmagMid", "addmagProx"],
    "biceps_femoris_long": ["bflh"], "biceps_femoris_short": ["bfsh"], "extensor_digitorum_longus": ["edl"],
    "extensor_hallucis_longus": ["ehl"], "flexor_digitorum_longus": ["fdl"],
    "flexor_hallucis_longus": ["fhl"],
    "gastrocnemius_lateral": ["gaslat"], "gastrocnemius_medial": ["gasmed"],
    "gluteus_maximus": ["glmax1", "glmax2", "glmax3"], "gluteus_medius": ["glmed1", "glmed2", "glmed3"],
    "gluteus_minimus": ["glmin1", "glmin2", "glmin3"], "gracilis": ["grac"], "iliacus": ["iliacus"],
    "peroneus_brevis": ["perbrev"], "peroneus_longus": ["perlong"], "piriformis": ["piri"],
    "psoas": ["psoas"],
    "rectus_femoris": ["recfem"], "sartorius": ["sart"], "semimembranosus": ["semimem"],
    "semitendinosus": ["semiten"], "soleus": ["soleus"], "tensor_fasciae_latae": ["tfl"],
    "tibialis_anterior": ["tibant"], "tibialis_posterior": ["tibpost"], "vastus_intermedius": ["vasint"],
    "vastus_lateralis": ["vaslat"], "vastus_medialis": ["vasmed"],
}  # fmt: skip
ARM_PARTS = {
    "biceps_brachii": ["BIClong", "BICshort"],
    "brachialis": ["BRA"],
    "triceps_brachii": ["TRIlong", "TRIlat", "TRImed"],
}


@dataclass(frozen=True)
class Turn:
    """An axis of the tables in a model: its coordinate, the sign between both, and the ordinary range."""

    joint: str
    axis: str
    coordinate: str
    sign: int
    ordinary_deg: tuple[float, float]


LEG_TURNS = (
    Turn("hip", "flexion", "hip_flexion_r", 1, (-10, 90)),
    Turn("hip", "abduction", "hip_adduction_r", -1, (-10, 30)),
    Turn("hip", "external_rotation", "hip_rotation_r", -1, (-30, 30)),
    Turn("knee", "flexion", "knee_angle_r", 1, (0, 110)),
    Turn("ankle", "dorsiflexion", "ankle_angle_r", 1, (-30, 20)),
    Turn("ankle", "eversion", "subtalar_angle_r", -1, (-15, 15)),
    Turn("toes", "mtp_flexion", "mtp_angle_r", 1, (-30, 30)),
    Turn("hallux", "mtp_flexion", "mtp_angle_r", 1, (-30, 30)),
)
ARM_TURNS = (Turn("elbow", "flexion", "r_elbow_flex", 1, (0, 130)),)


class Leg:
    """A model file opened by OpenSim, every coordinate free and at 0."""

    def __init__(self, path: Path, parts: dict[str, list[str]], suffix: str) -> None:
        try:
            import opensim
        except ImportError:
            sys.exit(
                "OpenSim is missing: install its Python package in a scratch environment and run this there."
            )
        opensim.Logger.setLevelString("Error")
        self.model: Any = opensim.Model(str(path))
        for coordinate in self.model.updCoordinateSet():
            coordinate.set_locked(False)
        self.state: Any = self.model.initSystem()
        self.parts = {
            muscle: [self._muscle(f"{part}{suffix}") for part in of] for muscle, of in parts.items()
        }
        self.opensim = opensim
        self.at_zero()

    def _muscle(self, name: str) -> Any:
        return self.model.getMuscles().get(name)

    def at_zero(self) -> None:
        """Every rotation to 0, which is the anatomical position of these models."""
        for coordinate in self.model.getCoordinateSet():
            if coordinate.getMotionType() == 1:
                coordinate.setValue(self.state, 0.0, False)
        self.model.assemble(self.state)

    def turn(self, turn: Turn, angle: float) -> Any:
        """Set an axis of the tables, rad, and return its coordinate."""
        coordinate = self.model.getCoordinateSet().get(turn.coordinate)
        coordinate.setValue(self.state, float(turn.sign * angle), True)
        self.model.realizePosition(self.state)
        return coordinate

    def weights(self, muscle: str) -> Array:
        """The parts' shares of the muscle's maximal force, (parts,)."""
        force = np.array([part.getMaxIsometricForce() for part in self.parts[muscle]])
        return np.asarray(force / force.sum())

    def length_cm(self, muscle: str) -> float:
        """Path length in the present position, cm."""
        return float(self.weights(muscle) @ [CM_PER_M * p.getLength(self.state) for p in self.parts[muscle]])

    def arm_cm(self, muscle: str, turn: Turn, coordinate: Any) -> float:
        """Moment arm in the present position, cm, with the tables' sign."""
        arms = [p.getGeometryPath().computeMomentArm(self.state, coordinate) for p in self.parts[muscle]]
        return float(turn.sign * CM_PER_M * (self.weights(muscle) @ arms))

    def range_rad(self, turn: Turn) -> tuple[float, float]:
        """The coordinate's own range in the tables' direction, rad."""
        coordinate = self.model.getCoordinateSet().get(turn.coordinate)
        ends = sorted((turn.sign * coordinate.getRangeMin(), turn.sign * coordinate.getRangeMax()))
        return ends[0], ends[1]


def sweep(leg: Leg, turn: Turn) -> tuple[Array, dict[str, Array], dict[str, Array]]:
    """Angles (points,), arms and lengths of every muscle over the range of one axis, the others at 0."""
    leg.at_zero()
    angles = np.linspace(*leg.range_rad(turn), POINTS)
    arms: dict[str, list[float]] = {muscle: [] for muscle in leg.parts}
    lengths: dict[str, list[float]] = {muscle: [] for muscle in leg.parts}
    for angle in angles:
        coordinate = leg.turn(turn, angle)
        for muscle in leg.parts:
            arms[muscle].append(leg.arm_cm(muscle, turn, coordinate))
            lengths[muscle].append(leg.length_cm(muscle))
    leg.at_zero()
    return angles, {m: np.array(v) for m, v in arms.items()}, {m: np.array(v) for m, v in lengths.items()}


def fitted(angles: Array, arms: Array) -> tuple[Array, float]:
    """The polynomial of the lowest degree that is near enough, (powers,), and its largest error, cm."""
    coefficients, error = np.zeros(POWERS), np.inf
    for terms in range(1, POWERS + 1):
        found = np.polynomial.polynomial.polyfit(angles, arms, terms - 1)
        coefficients = np.zeros(POWERS)
        coefficients[:terms] = [float(f"{value:.{DIGITS}g}") for value in found]
        error = float(np.max(np.abs(np.polynomial.polynomial.polyval(angles, coefficients) - arms)))
        if error <= ENOUGH_CM:
            break
    return coefficients, error


def departs_words(parts: list[Any], gap: float) -> str:
    """What a row owes to the way it was made, in words; ``gap`` between arm and slope of the path, cm."""
    own = f"; the model's own path length has a slope up to {gap:.1f} cm away" if gap > ENOUGH_CM else ""
    return f"{mean_words(parts)}polynomial fitted to the model with every other axis at 0{own}"


def mean_words(parts: list[Any]) -> str:
    """That a row is the mean of several model parts."""
    return f"mean of {len(parts)} model parts weighted by maximal force; " if len(parts) > 1 else ""


def arm_rows(leg: Leg) -> list[dict[str, Any]]:
    """The rows of ``moment_arms.csv`` that the leg model gives."""
    rows = []
    for turn in LEG_TURNS:
        angles, arms, lengths = sweep(leg, turn)
        low, high = np.rad2deg(angles[[0, -1]])
        for muscle, values in arms.items():
            if turn.joint not in MUSCLES[muscle].joints or np.max(np.abs(values)) < CROSSES_CM:
                continue
            gap = float(np.abs(-np.gradient(lengths[muscle], angles) - values)[1:-1].max())
            coefficients, error = fitted(angles, values)
            rows.append({
                "muscle": muscle, "joint": turn.joint, "axis": turn.axis,
                **{f"c{power}": f"{value:g}" for power, value in enumerate(coefficients)},
                "from_deg": f"{low:.0f}", "to_deg": f"{high:.0f}", "fit_error_cm": f"{error:.3f}",
                "sd_log": SPREAD, "basis": "derived", "source": LEG,
                "place": f"model file, coordinate {turn.coordinate}, moment arms with wrapping by OpenSim",
                "departs": departs_words(leg.parts[muscle], gap), "checked": date.today().isoformat(),
            })  # fmt: skip
    return rows


def tendon_rows(leg: Leg, old: list[dict[str, str]], source: str, place: str) -> list[dict[str, Any]]:
    """The tendon rows of a model, with what other sources say of stiffness and strain kept."""
    kept = {row["muscle"]: row for row in old}
    rows = []
    for muscle, parts in leg.parts.items():
        slack = leg.weights(muscle) @ [CM_PER_M * part.getTendonSlackLength() for part in parts]
        blank = dict.fromkeys(kept[next(iter(kept))], "") | {
            "muscle": muscle,
            "elastic": "no",
            "tendon": muscle,
        }
        row = kept.get(muscle, blank) | {"slack_cm": f"{slack:.2f}", "basis": "derived", "source": source}
        if not row["strain_source"] or row["strain_source"] == source:
            row |= {
                "strain_at_max": strain_of(leg, parts[0]),
                "strain_basis": "derived",
                "strain_source": source,
            }
        row |= {"place": place, "checked": date.today().isoformat()}
        rows.append(row | {"departs": row["departs"] or mean_words(parts).strip("; ")})
    return rows


def strain_of(leg: Leg, part: Any) -> str:
    """Tendon strain at maximal force in the model."""
    millard = leg.opensim.Millard2012EquilibriumMuscle.safeDownCast(part)
    if millard is not None:
        return f"{millard.getTendonForceLengthCurve().getStrainAtOneNormForce():.3f}"
    return f"{leg.opensim.Thelen2003Muscle.safeDownCast(part).get_FmaxTendonStrain():.3f}"


def _change(rows: dict[Any, dict[str, Any]], muscle: str, turn: Turn, angle: Array) -> Array:
    row = rows[muscle, turn.joint, turn.axis]
    low, high = np.deg2rad([float(row["from_deg"]), float(row["to_deg"])])
    return path_length_change_cm(angle, [float(row[f"c{p}"]) for p in range(POWERS)], low, high)


def departure_rows(leg: Leg, arms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How far the whole path departs from the sum of the polynomials, for every pair of axes of a muscle."""
    table = {(row["muscle"], row["joint"], row["axis"]): row for row in arms}
    rows = []
    for first, second in itertools.combinations(LEG_TURNS, 2):
        both = [m for m in leg.parts if all((m, t.joint, t.axis) in table for t in (first, second))]
        if not both or first.coordinate == second.coordinate:
            continue
        leg.at_zero()
        start = {muscle: leg.length_cm(muscle) for muscle in both}
        gaps: dict[str, list[float]] = {muscle: [] for muscle in both}
        for one in np.deg2rad(np.linspace(*first.ordinary_deg, GRID)):
            for two in np.deg2rad(np.linspace(*second.ordinary_deg, GRID)):
                leg.turn(first, one)
                leg.turn(second, two)
                for muscle in both:
                    sum_cm = _change(table, muscle, first, one) + _change(table, muscle, second, two)
                    gaps[muscle].append(float(leg.length_cm(muscle) - start[muscle] - sum_cm))
        rows += [_departure(muscle, first, second, np.array(gaps[muscle])) for muscle in both]
    return rows


def _departure(muscle: str, first: Turn, second: Turn, gap: Array) -> dict[str, Any]:
    return {
        "muscle": muscle, "first": f"{first.joint}.{first.axis}", "second": f"{second.joint}.{second.axis}",
        "first_from_deg": first.ordinary_deg[0], "first_to_deg": first.ordinary_deg[1],
        "second_from_deg": second.ordinary_deg[0], "second_to_deg": second.ordinary_deg[1],
        "largest_cm": f"{np.abs(gap).max():.2f}", "rms_cm": f"{np.sqrt(np.mean(gap**2)):.2f}",
        "source": LEG, "checked": date.today().isoformat(),
    }  # fmt: skip


def compare(arm: Leg) -> None:
    """Print Arm26's elbow arms beside those of the table."""
    for turn in ARM_TURNS:
        angles, arms, _ = sweep(arm, turn)
        for muscle, values in arms.items():
            row = tables.moment_arm(muscle, turn.joint, turn.axis)
            borders = np.deg2rad([row.from_deg, row.to_deg])
            ours = moment_arm_cm(angles, row.coefficients_cm, *borders)
            print(f"{muscle}: table against Arm26, largest {np.abs(ours - values).max():.2f} cm,", end=" ")
            print(
                "mean",
                f"{np.mean(ours - values):.2f} cm; at 90 deg {np.interp(np.pi / 2, angles, values):.2f}",
            )


def read(file: str) -> list[dict[str, str]]:
    """The rows of a table."""
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(file: str, rows: list[dict[str, Any]]) -> None:
    """Write a table, columns as in its first row."""
    with (DATA / file).open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"wrote {file}, {len(rows)} rows")


def main() -> None:
    """Rebuild what the given models hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--leg", type=Path, help="Rajagopal2016.osim")
    parser.add_argument("--arm", type=Path, help="arm26.osim")
    asked = parser.parse_args()
    tendons = read(tables.TENDONS)
    if asked.leg:
        leg = Leg(asked.leg, LEG_PARTS, "_r")
        others = [row for row in read(tables.ARMS) if row["source"] != LEG]
        arms = arm_rows(leg)
        write(tables.ARMS, [*others, *arms])
        write(tables.DEPARTURES, departure_rows(leg, arms))
        new = tendon_rows(leg, tendons, LEG, "model file")
        tendons = [row for row in tendons if row["muscle"] not in leg.parts] + new
    if asked.arm:
        arm = Leg(asked.arm, ARM_PARTS, "")
        new = tendon_rows(arm, tendons, ARM, "arm26.osim")
        tendons = [row for row in tendons if row["muscle"] not in arm.parts] + new
        compare(arm)
    write(tables.TENDONS, tendons)


if __name__ == "__main__":
    main()
