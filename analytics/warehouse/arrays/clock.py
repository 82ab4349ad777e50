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
    """The rows of the table `clock`, tiers one after the other, each with `quarters` quarters of an hour from `start_us`."""

    start_us: int
    quarters: int
    open_before_us: np.ndarray
    opens_us: np.ndarray
    closes_us: np.ndarray

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Clock:
        """From the frame that the table is made of."""
        parts = (frame[name].to_numpy(np.int64) for name in ("open_before_us", "opens_us", "closes_us"))
        return cls(int(frame["bucket_us"].iloc[0]), int((frame["tier"] == 0).sum()), *parts)

    def at(self, tier: np.ndarray, at_us: np.ndarray) -> np.ndarray:
        """What the tier's clock shows (microseconds); `NONE` for no moment and for one outside the clock's span."""
        quarter = (at_us - np.fmod(at_us, QUARTER_US) - self.start_us) // QUARTER_US
        known = (at_us != NONE) & (quarter >= 0) & (quarter < self.quarters)
        whose = np.where(tier < 0, _USUAL, tier).astype(np.int64)
        row = np.where(known, whose * self.quarters + quarter, 0)
        opens = self.opens_us[row]
        shown = self.open_before_us[row] + np.maximum(0, np.minimum(at_us, self.closes_us[row]) - opens)
        return np.where(known, shown, NONE)
