"""How many of one unit make another; what is measured stands in the records, in the units of its source."""

from __future__ import annotations

from typing import Final

S_PER_MIN: Final = 60.0
MIN_PER_H: Final = 60.0
H_PER_D: Final = 24.0
S_PER_D: Final = S_PER_MIN * MIN_PER_H * H_PER_D
DAYS_PER_WEEK: Final = 7
DAYS_PER_YEAR: Final = 365.25
MONTHS_PER_YEAR: Final = 12
MS_PER_S: Final = 1000.0
US_PER_MS: Final = 1000.0
MM_PER_CM: Final = 10.0
CM_PER_M: Final = 100.0
MM3_PER_ML: Final = 1000.0
PERCENT: Final = 100
