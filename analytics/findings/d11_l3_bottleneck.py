"""D11: has L3 become a bottleneck?

Weeks are the unit: the mean log of the weekly median waits of the last weeks against that of the weeks before, with Welch's t
interval. Rejected: comparing single handoffs, whose waits in one queue are not independent and make any interval too short.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.findings.base import Asked, Claim, Evidence, Finding, Measured, ratio_of_means

CLAIM = Claim(
    "d11_l3_wait",
    "Waiting for L3, now against before",
    "When L3's queue grows, every hard ticket waits, and engineers stop building.",
    "Let a senior of L2 check what goes to L3, send back what L2 can do, and help L3 until the queue is gone.",
    unit="ratio",
    hours_kind="waiting",
)
LOAD = Claim(
    "d11_l3_load",
    "L3's rostered hours taken by tickets",
    "A team whose whole time goes into tickets has no slack: its queue grows with every good week's arrivals.",
    "Take L2-type work out of L3 before hiring; then staff L3 below the utilisation at which queues explode.",
)
_LEAST_MINUTE_HOURS = 1 / 60
_LEAST_WEEKS = 4


def find(asked: Asked) -> list[Finding]:
    """Two findings: the wait against the weeks before, and the utilisation where there is a roster."""
    return [_wait(asked), _load(asked)]


def _wait(asked: Asked) -> Finding:
    settings = asked.settings
    weeks = asked.ask("d11_waits")
    now = weeks[weeks["age"] < settings.recent_weeks]
    before = weeks[weeks["age"].between(settings.recent_weeks, settings.recent_weeks + settings.earlier_weeks - 1)]
    handoffs = int(now["handoffs"].sum()), int(before["handoffs"].sum())
    if (
        min(len(now), len(before)) < _LEAST_WEEKS
        or min(handoffs) < settings.min_week
        or not asked.columns["acknowledged"]
    ):
        reason = "Too few acknowledged handoffs to L3"
        return CLAIM.unknown(f"{reason}: {handoffs[0]} in the last weeks, {handoffs[1]} before.", handoffs[0])
    ratio = ratio_of_means(_logs(now), _logs(before))
    return _told(asked, ratio, float(np.exp(_logs(now).mean())), now)


def _logs(weeks: pd.DataFrame) -> pd.Series:
    """Logs of the weekly medians in hours; below a minute counts as a minute."""
    return np.log(weeks["p50_hours"].clip(lower=_LEAST_MINUTE_HOURS))


def _told(asked: Asked, ratio: Measured, typical_hours: float, now: pd.DataFrame) -> Finding:
    """Act where the wait has surely grown by the ratio and is long as well; watch where it has grown only."""
    settings = asked.settings
    grown = ratio.low > settings.l3_wait_ratio
    severity = "act" if grown and typical_hours > settings.l3_wait_hours else "watch" if grown else "good"
    said = (f"A typical week's median wait for L3 is {typical_hours:.1f} working hours now, {ratio.value:.1f} times "
            f"({ratio.low:.1f} to {ratio.high:.1f}) that of the {settings.earlier_weeks} weeks before.")  # fmt: skip
    longer = now["wait_hours"].sum() * max(0.0, 1 - 1 / ratio.value)
    evidence = Evidence(
        "t.ticket_no IN (SELECT h.ticket_no FROM handoffs h CROSS JOIN data_end d WHERE h.changes_tier AND h.to_tier = 3 "
        "AND h.handed_us > d.last_us - $found_weeks * 604800000000)",
        (("found_weeks", settings.recent_weeks),),
    )
    return CLAIM.found(severity, ratio, settings.l3_wait_ratio, said, hours_at_stake=longer, evidence=evidence)


def _load(asked: Asked) -> Finding:
    settings = asked.settings
    if not asked.columns["rostered"] or not asked.columns["effort"]:
        return LOAD.unknown("This needs a roster with hours of L3, and tracked work.")
    weeks = asked.ask("d11_load").head(settings.recent_weeks)
    if len(weeks) < _LEAST_WEEKS:
        return LOAD.unknown(f"Only {len(weeks)} whole weeks with a roster for L3.", len(weeks))
    at_work = weeks["rostered_hours"] * (
        1 - settings.shrinkage
    )  # a roster holds paid hours: meetings and breaks included
    used = _mean(weeks["worked_hours"] / at_work)
    severity = "act" if used.low > settings.l3_utilisation else "good"
    said = (f"Tickets took {used.percent()} of L3's hours at work (rostered less {settings.shrinkage:.0%}) "
            f"in the last {used.n} weeks.")  # fmt: skip
    over = weeks["worked_hours"].sum() - settings.l3_utilisation * at_work.sum()
    return LOAD.found(severity, used, settings.l3_utilisation, said, hours_at_stake=over,
                      evidence=Evidence("t.tier_mask & 8 <> 0"))  # fmt: skip


def _mean(values: pd.Series) -> Measured:
    """The mean over weeks with its t interval."""
    from scipy.stats import t

    half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Measured(float(values.mean()), float(values.mean()) - half, float(values.mean()) + half, len(values))
