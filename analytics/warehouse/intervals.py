"""Intervals for shares."""

from __future__ import annotations

from typing import Any

import numpy as np

Z95 = 1.959963984540054
"""The 97.5 % quantile of the standard normal."""


def wilson(successes: Any, trials: Any, z: float = Z95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson score interval of a share, low and high, 0-1. NaN where there are no trials.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22. Rejected: the Wald interval, which is far too short for few or extreme
    counts (9 of 40 would look settled).
    """
    k, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    n = np.where(n > 0, n, np.nan)
    p = k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
