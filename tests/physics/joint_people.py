"""Joints for the tests: those of the tables at the median of every record, and a plain one."""

import csv
from pathlib import Path

import numpy as np

from endplate.physiology.joint import hill, reflex, stretch
from endplate.simulation.joints.mechanics import Mechanics, mechanics
from endplate.simulation.parameters import OneAtATime, draw

MEDIAN = OneAtATime(())
LAWS = ("lambda", "force", "velocity")
JOINTS = (("elbow", "extension"), ("ankle", "dorsiflexion"), ("knee", "flexion"), ("wrist", "extension"))
ONSET_S = 0.1


def median(joint: str, movement: str, law: str = "lambda", **asked) -> Mechanics:
    """A joint of the tables in the median person."""
    found = mechanics(joint, movement, MEDIAN, law=law, **asked)
    assert found is not None
    return found


def ramp(start_rad: float, end_rad: float, *speeds_deg_per_s: float):
    """One set of ramps for all people."""
    return np.array([[[start_rad, end_rad, np.deg2rad(speed)] for speed in speeds_deg_per_s]])


def plain(people: int = 1, **changed) -> stretch.Joint:
    """One muscle, constant arm of 4 cm over 120 deg, fibres from 0.7 to 1.4, rigid tendon."""
    angle = np.linspace(0, np.deg2rad(120), 121)
    arm = np.full((1, 1, angle.size), 0.04)
    one = np.ones((people, 1))
    muscles = hill.Muscles(600 * one, 0.12 * one, 0.7 * one, one, one, 0 * one, one)
    laws = draw(hill.Parameters, MEDIAN)
    path = arm * angle
    parts = {
        "angle_rad": angle,
        "arm_m": arm,
        "path_m": path,
        "muscles": muscles,
        "rest": hill.resting_force(laws, muscles, path),
        "passive_Nm": np.zeros((1, angle.size)),
        "laws": laws.table(),
    }
    return stretch.Joint(**{**parts, **changed})


def spinal(
    law: reflex.Law, tonic: float = 0.0, delay_s: float = 0.03, residual: float = 1.0
) -> reflex.Reflex:
    """The reflex of one muscle of one person."""
    one = np.ones((1, 1))
    return reflex.Reflex(law, delay_s * one, tonic * one, residual * one, one)


def lambda_law(gain=1.0, velocity_gain=1.0, threshold=1.0, shift=0.05) -> reflex.Lambda:
    """A lambda law of one muscle."""
    return reflex.Lambda(*(np.array([[value]]) for value in (gain, velocity_gain, threshold, shift)))


def published_curve():
    """Stretch (rad from the elbow's full flexion, 143 deg) and reflex torque (Nm) of the stroke group."""
    with (Path(__file__).parent / "elbow_torque_angle.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    included = np.array([float(row["included_angle_deg"]) for row in rows])
    return np.deg2rad(included - (180 - 143)), np.array([float(row["reflex_torque_Nm"]) for row in rows])
