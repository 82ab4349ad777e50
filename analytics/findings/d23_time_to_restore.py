"""D23: is L2's time to restore getting longer, and for which category?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding
from analytics.findings.ground import above, ratio_of_means
from analytics.findings.settings import EARLIER_WEEKS, MATURE_DAYS, MIN_GROUP, MIN_WEEK, RECENT_WEEKS, Threshold

SLOWER = Threshold("slower_ratio", "Growth of L2's time to restore that is an alarm", 1.25, "times", low=1.0)
CLAIM = Claim(
    "d23_time_to_restore",
    "L2's time to restore, now against before",
    "The guide's key figure for L2 is the mean time to restore.",
    "Restoring service is what L2 is there for; where it takes longer each month, L2 is short of hands, skill or access.",
    "Look at the slowest category first: is it waiting for L3, for the customer, or for somebody's attention?",
    "From a ticket's first arrival in L2 to its first resolution after that, on L2's working clock, pending time "
    "included. Weekly medians of the last matured weeks against those of up to a year before; a ticket not resolved "
    "counts with its time so far, one that was cancelled, or resolved before it came to L2, does not. Medians instead of "
    "the guide's mean, which a few forgotten tickets decide.",
    (SLOWER, RECENT_WEEKS, EARLIER_WEEKS, MATURE_DAYS, MIN_WEEK, MIN_GROUP),
    n_of="weeks",
    unit="times",
)
_LEAST_WEEKS, _LEAST_HOURS = 4, 1 / 60


def find(asked: Asked) -> list[Finding]:
    """The ratio of the recent weekly medians to the earlier ones; 90th percentile and slowest category beside it."""
    recent = asked.of(RECENT_WEEKS)
    weeks = asked.with_history().ask("d23_weeks", mature_days=asked.of(MATURE_DAYS))
    weeks = weeks[weeks["tickets"] >= max(2.0, asked.of(MIN_WEEK) / 4)]
    now = weeks[weeks["age"] < recent]
    before = weeks[weeks["age"].between(recent, recent + asked.of(EARLIER_WEEKS) - 1)]
    if min(len(now), len(before)) < _LEAST_WEEKS:
        return [
            CLAIM.unknown(f"Too few matured weeks with tickets in L2: {len(now)} now, {len(before)} before.", len(now))
        ]
    ratio, typical = ratio_of_means(_logs(now), _logs(before)), float(np.exp(_logs(now).mean()))
    said = (f"A typical week's median time to restore in L2 is {numbers.decimal(typical)} working hours now, "
            f"{numbers.decimal(ratio.value)} times ({numbers.decimal(ratio.low)} to {numbers.decimal(ratio.high)}) that of the "
            f"{len(before)} weeks before; one in ten takes more than {numbers.decimal(now['p90_hours'].mean())}."
            f"{_slowest(asked)}")  # fmt: skip
    return [CLAIM.found(asked, above(ratio, asked.of(SLOWER)), ratio, asked.of(SLOWER), said, weeks=recent,
                        waiting=now["hours"].sum() * max(0.0, 1 - 1 / ratio.value),
                        evidence=Evidence("t.tier_mask & 4 <> 0"))]  # fmt: skip


def _logs(weeks: pd.DataFrame) -> pd.Series:
    return np.log(weeks["p50_hours"].clip(lower=_LEAST_HOURS))


def _slowest(asked: Asked) -> str:
    """The category whose 90th percentile is the longest, among those with enough tickets."""
    rows = asked.ask("d23_categories", mature_days=asked.of(MATURE_DAYS), least=asked.of(MIN_GROUP))
    if rows.empty:
        return ""
    return f" Slowest category: {rows.iloc[0]['category']} (90 % within {numbers.decimal(rows.iloc[0]['p90_hours'])})."
