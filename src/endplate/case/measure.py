"""The field type of a study's measures, apart from the others: cases need no table of measures."""

from __future__ import annotations

from endplate.case.fields import one_of
from endplate.knowledge.vocabulary import MEASURES

Measure = one_of("measure", lambda: MEASURES)
