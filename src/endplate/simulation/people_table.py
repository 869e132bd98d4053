"""People as a table, out and in again: what a table does not tell is drawn from the population.

Columns: ``population``, ``condition``, ``age_y``, ``sex``, ``weight_kg``, ``height_cm``, ``months_since_onset``,
``gmfcs``, ``main_pattern``, ``patterns`` (joined by ``;``), ``score_JOINT`` (standard-normal score of the true
grade) and ``grade_JOINT`` (the true grade by the population's mean and SD, blank where the joint is not involved).
Numbers are written with all digits, so that a table read and written again is the same to the byte.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from endplate.errors import InputError, library
from endplate.knowledge.evidence import get, value
from endplate.knowledge.evidence.populations import Population, load_populations
from endplate.knowledge.vocabulary import CONDITIONS, JOINTS, SEXES
from endplate.knowledge.vocabulary.patterns import PATTERNS
from endplate.simulation import bodies
from endplate.simulation.demographics import Eligibility, Recruits, recruit
from endplate.simulation.parameters import Draws
from endplate.simulation.people import PeopleDraws
from endplate.simulation.recruiting import Recruiting
from endplate.simulation.table_file import TableFile, read_table

if TYPE_CHECKING:
    import polars

Array = NDArray[np.float64]
