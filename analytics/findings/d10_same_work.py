"""D10: do L1 and L2 do different work, or is the same done twice?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding
from analytics.findings.ground import FAMILY, Measured, z_for
from analytics.findings.settings import MATURE_DAYS, MIN_TICKETS, Threshold

BITS = Threshold("same_work_bits", "Difference below which two tiers do the same work (0 the same, 1 nothing in common)", 0.02,
                 "bits", high=1.0)  # fmt: skip
CLAIM = Claim(
    "d10_same_work",
    "Whether L1 and L2 do different work",
    "The guide warns of uniform staffing: tiers that do the same work.",
    "Where two tiers solve the same tickets with the same effort, a ticket that climbs only waits twice.",
    "Merge the two queues, or give L2 the categories that need it and route them there at once.",
    "Jensen–Shannon divergence between the tickets that L1 and L2 resolve, by category (product where there is none) and by "
    "tracked work in steps of a factor of 1.4; the larger of the two counts. Its interval is the delta method's. Watch where "
    "even the upper end is below the limit: then neither what comes nor how long it takes differs.",
    (BITS, MATURE_DAYS, MIN_TICKETS),
    unit="bits",
    rising=False,
)


def find(asked: Asked) -> list[Finding]:
    """The larger of the differences in categories and in effort."""
    rows = asked.ask("d10_mix", mature_days=asked.of(MATURE_DAYS))
    told = {kind: divergence(group["l1"], group["l2"]) for kind, group in rows.groupby("kind") if _enough(asked, group)}
    if not told:
        least = asked.of(MIN_TICKETS)
        reason = f"L1 and L2 have not both resolved {least:.0f} tickets of known category, product or work."
        return [CLAIM.unknown(reason, int(rows["l2"].max()) if len(rows) else 0)]
    larger, limit = max(told.values(), key=lambda one: one.value), asked.of(BITS)
    severity = "watch" if larger.high < limit else "good"
    parts = " and ".join(f"{numbers.decimal(one.value)} bits by {kind}" for kind, one in told.items())
    said = f"L1 and L2 differ by {parts} of what they resolve (0 the same, 1 nothing in common): "
    said += "they do the same work." if severity == "watch" else "they do different work."
    return [CLAIM.found(asked, severity, larger, limit, said, evidence=Evidence("t.resolved_tier = 2"))]


def _enough(asked: Asked, group: pd.DataFrame) -> bool:
    return min(group["l1"].sum(), group["l2"].sum()) >= asked.of(MIN_TICKETS) and len(group) > 1


def divergence(one: pd.Series, two: pd.Series) -> Measured:
    """Jensen–Shannon divergence in bits (Lin 1991) of two counts over the same cells, with the delta method's interval.

    Its derivative by a share p is half the log2 of p over the mean share, so that its variance is that of a mean of those.
    """
    p, q = (np.asarray(counts, dtype=float) / float(np.sum(counts)) for counts in (one, two))
    middle = (p + q) / 2
    pull_p, pull_q = _half_log(p, middle), _half_log(q, middle)
    value = float((p * pull_p).sum() + (q * pull_q).sum())
    error = float(np.sqrt(_variance(p, pull_p) / float(np.sum(one)) + _variance(q, pull_q) / float(np.sum(two))))
    ends = [value + sign * z * error for z in (z_for(), z_for(1, FAMILY)) for sign in (-1, 1)]
    low, high, sure_low, sure_high = (min(1.0, max(0.0, end)) for end in ends)
    return Measured(value, low, high, int(min(np.sum(one), np.sum(two))), sure_low, sure_high)


def _half_log(shares: np.ndarray, middle: np.ndarray) -> np.ndarray:
    return 0.5 * np.log2(np.divide(shares, middle, out=np.ones_like(shares), where=(shares > 0) & (middle > 0)))


def _variance(shares: np.ndarray, values: np.ndarray) -> float:
    mean = float((shares * values).sum())
    return float((shares * (values - mean) ** 2).sum())
