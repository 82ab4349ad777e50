"""Intervals for shares."""

from __future__ import annotations

from typing import Any

import numpy as np

Z95 = 1.959963984540054
"""The 97.5 % quantile of the standard normal."""


def wilson(successes: Any, trials: Any, z: float = Z95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson score interval of a share, low and high, 0-1. NaN where there are no trials.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22. Rejected: the Wald interval, which is far too short for few or extreme
    counts (9 of 40 would look settled). None of n begins at exactly 0 and n of n ends at exactly 1, as the formula says; in
    floating point it would be 1e-19.
    """
    k, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    n = np.where(n > 0, n, np.nan)
    p = k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = np.where(k == 0, 0.0, centre - half), np.where(k == n, 1.0, centre + half)
    return np.where(np.isnan(n), np.nan, low), np.where(np.isnan(n), np.nan, high)
