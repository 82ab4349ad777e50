"""D25: what has changed since a marked day? An interrupted series.

log(L3's load) = a + b·week + c·(after the day): c is the step, over and above a trend that goes on. Its standard error is Newey
and West's (1987), since weeks beside each other go together. Rejected: the mean before against the mean after, which takes
every trend for the change's doing.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding
from analytics.findings.ground import Measured, raised, scaled, student
from analytics.findings.settings import MARKED_DAY, VENDOR, Threshold

VENDORS_CUT = Threshold(
    "vendor_cut", "Change of L3's load that a vendor tells of", -0.40, "share", VENDOR, low=-1.0, high=1.0
)
SIDE_WEEKS = Threshold("side_weeks", "Weeks on either side of the marked day that are looked at", 26, "weeks", low=8)
CLAIM = Claim(
    "d25_marked_day",
    "L3's load since the marked day",
    "A vendor's outcome: tiered routing cuts engineering load by 40 % in three months; with AI assist 47 % deflected and "
    "satisfaction from 79 % to 93 %.",
    "Whether a change of yours did anything is told by your own weeks, not by a vendor's.",
    "Look at what else began that week, then keep the change, mend it, or take it back.",
    "Step at the marked day in the logarithm of arrivals in L3 per new ticket, week by week, beside a straight trend; "
    "the week of the day itself is left out. The interval allows for weeks that go together (Newey–West). Watch where "
    "the load has surely risen. Anything else that changed that week is in the step too.",
    (VENDORS_CUT, SIDE_WEEKS),
    (MARKED_DAY,),
    n_of="weeks",
    unit="change",
)
_LEAST_WEEKS = 8


def find(asked: Asked) -> list[Finding]:
    """The step in L3's load at the marked day."""
    marked = asked.settings.text(MARKED_DAY)
    if not marked:
        return [CLAIM.unknown("No day is marked.", advice="Mark the day of a change in the thresholds.")]
    weeks = _around(asked.with_history().ask("d25_weeks"), date.fromisoformat(marked), int(asked.of(SIDE_WEEKS)))
    sides = int((~weeks["after"]).sum()), int(weeks["after"].sum())
    if min(sides) < _LEAST_WEEKS:
        reason = f"{sides[0]} whole weeks before {marked} and {sides[1]} after it have arrivals in L3; {_LEAST_WEEKS} are needed."
        return [CLAIM.unknown(reason, sum(sides))]
    step = scaled(raised(interrupted(np.log(weeks["load"]), weeks["index"], weeks["after"])), 1.0, -1.0)
    before, after = (float(np.exp(np.log(part["load"]).mean())) * 100 for _, part in weeks.groupby("after"))
    said = (f"Since {marked}, arrivals in L3 per new ticket have changed by {numbers.change(step.value)} "
            f"({numbers.change(step.low)} to {numbers.change(step.high)}) against the trend: from {numbers.decimal(before)} to "
            f"{numbers.decimal(after)} per 100 tickets. A vendor tells of {numbers.change(asked.of(VENDORS_CUT))}.")  # fmt: skip
    evidence = Evidence("t.tier_mask & 8 <> 0 AND t.created_day >= $found_day::DATE", (("found_day", marked),))
    severity = "watch" if step.low > 0 else "good"
    return [CLAIM.found(asked, severity, step, asked.of(VENDORS_CUT), said, evidence=evidence)]


def _around(weeks: pd.DataFrame, marked: date, side: int) -> pd.DataFrame:
    """Weeks with arrivals within `side` of the day's week, which is left out: load, index (weeks from the day's), after."""
    index = ((weeks["week"] - pd.Timestamp(marked)).dt.days // 7 + 1).astype(int)
    weeks = weeks.assign(index=index, load=weeks["arrivals"] / weeks["tickets"], after=index > 0)
    kept = (weeks["index"] != 0) & (weeks["index"].abs() <= side) & (weeks["arrivals"] > 0)
    return weeks[kept]


def interrupted(values: pd.Series, index: pd.Series, after: pd.Series) -> Measured:
    """The step of a series at a moment, beside a straight trend, with Newey and West's standard error (4(n/100)^(2/9) lags)."""
    x = np.column_stack([np.ones(len(values)), np.asarray(index, dtype=float), np.asarray(after, dtype=float)])
    y, bread = np.asarray(values, dtype=float), np.linalg.inv(x.T @ x)
    found = bread @ x.T @ y
    scores = x * (y - x @ found)[:, None]
    lags = int(4 * (len(y) / 100) ** (2 / 9))
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        both = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (both + both.T)
    freedom = len(y) - x.shape[1]
    error = float(np.sqrt((bread @ meat @ bread)[2, 2] * len(y) / freedom))
    return student(float(found[2]), error, freedom, len(y))
