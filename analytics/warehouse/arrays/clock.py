"""The business clock as arrays: open time before any moment, per tier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.calendars import QUARTER_US
from analytics.warehouse.arrays.columns import NONE

_USUAL = 1
"""Whose hours count where the tier is unknown: L1's."""


@dataclass(frozen=True)
class Clock:
    """The rows of the table `clock`, tiers one after the other, each with `quarters` quarters of an hour.

    `first` is the number of the first quarter since 1970. A row of `shows` has when the open part of its quarter begins and ends,
    and what the clock shows less that begin: side by side, since they are looked up together.
    """

    first: int
    quarters: int
    shows: np.ndarray

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Clock:
        """From the frame that the table is made of."""
        opens, closes, before = (frame[name].to_numpy(np.int64) for name in ("opens_us", "closes_us", "open_before_us"))
        shows = np.column_stack([opens, closes, before - opens])
        return cls(int(frame["bucket_us"].iloc[0]) // QUARTER_US, int((frame["tier"] == 0).sum()), shows)

    def at(self, tier: np.ndarray, at_us: np.ndarray) -> np.ndarray:
        """What the tier's clock shows (microseconds); `NONE` for no moment and for one outside the clock's span."""
        quarter = np.where(at_us < 0, -(-at_us // QUARTER_US), at_us // QUARTER_US)  # as the SQL's % has it before 1970
        quarter -= self.first
        known = (at_us != NONE) & (quarter >= 0) & (quarter < self.quarters)
        row = np.where(tier < 0, _USUAL, tier).astype(np.int64)
        row *= self.quarters
        row += quarter
        opens, closes, base = self.shows.take(np.where(known, row, 0), axis=0).T
        return np.where(known, np.clip(at_us, opens, closes) + base, NONE)
