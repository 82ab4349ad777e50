"""D11: has L3 become a bottleneck?

Weeks are the unit: the mean log of the weekly median waits of the last weeks against that of the weeks before, with Welch's t
interval. Rejected: comparing single handoffs, whose waits in one queue are not independent and make any interval too short.
Weeks beside each other are not quite independent either: `act` needs the wider interval.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding, listed
from analytics.findings.ground import above, mean, ratio_of_means, ratio_of_sums
from analytics.findings.settings import EARLIER_WEEKS, MIN_GROUP, MIN_WEEK, RECENT_WEEKS, Threshold, share_of

RATIO = Threshold("l3_wait_ratio", "Growth of the wait for L3 that is an alarm", 1.5, "times", low=1.0)
HOURS = Threshold("l3_wait_hours", "Median wait for L3 above which somebody must act", 8, "working hours")
UTILISATION = share_of("l3_utilisation", "Share of L3's hours at work that tickets may take", 0.85)
SHRINKAGE = share_of("shrinkage", "Share of paid hours that is not at work (leave, meetings, breaks)", 0.30)
LOWER_WORK = share_of("l2_type_share", "Share of L3's work in categories that L2 solves", 0.25)
LOWER_KIND = share_of("l2_type_solved", "Share solved without L3 from which a category is L2's", 0.80)
CLAIM = Claim(
    "d11_l3_wait",
    "Waiting for L3, now against before",
    "The guide names L3 as the usual bottleneck.",
    "When L3's queue grows, every hard ticket waits, and engineers stop building.",
    "Let a senior of L2 check what goes to L3, send back what L2 can do, and help L3 until the queue is gone.",
    "Ratio of the geometric mean of the weekly median waits for L3, in L3's working hours, of the last weeks to that of "
    "up to a year before. A handoff not acknowledged counts with the wait it had. Act where that has surely grown and "
    "is long as well. Waiting: calendar hours of the last weeks beyond those of before.",
    (RATIO, HOURS, RECENT_WEEKS, EARLIER_WEEKS, MIN_WEEK),
    n_of="weeks",
    unit="times",
)
LOAD = Claim(
    "d11_l3_load",
    "L3's rostered hours taken by tickets",
    "The guide warns of engineers who do support all day.",
    "A team whose whole time goes into tickets has no slack: its queue grows with every good week's arrivals.",
    "Take L2-type work out of L3 before hiring; then staff L3 below the utilisation at which queues explode.",
    "Mean over the last weeks of tracked work in L3 over its rostered hours less shrinkage, with the interval over weeks.",
    (UTILISATION, SHRINKAGE, RECENT_WEEKS),
    n_of="weeks",
)
VETTING = Claim(
    "d11_l3_vetting",
    "L3's hours on work that L2 could do",
    "The guide puts a vetting layer before L3.",
    "An engineer's hour on a ticket that L2 solves elsewhere is the most expensive way to solve it.",
    "Let a senior of L2 look at everything before it goes to L3, first of all in the categories named.",
    "Share of L3's tracked work in categories that L2 usually solves: of the category's resolved tickets that went "
    "above L1, at least so many were resolved without L3 before the last weeks. Interval over weeks. Work: L3's hours "
    "in those categories, of which some need L3.",
    (LOWER_WORK, LOWER_KIND, RECENT_WEEKS, MIN_GROUP),
    n_of="weeks",
)
_LEAST_MINUTE_HOURS = 1 / 60
_LEAST_WEEKS = 4


def find(asked: Asked) -> list[Finding]:
    """Three findings: the wait against before, the utilisation where there is a roster, and work that is L2's."""
    return [_wait(asked), _load(asked), _vetting(asked)]


def _wait(asked: Asked) -> Finding:
    weeks, recent = asked.with_history().ask("d11_waits"), int(asked.of(RECENT_WEEKS))
    now = weeks[weeks["age"] < recent]
    before = weeks[weeks["age"].between(recent, recent + asked.of(EARLIER_WEEKS) - 1)]
    handoffs = int(now["handoffs"].sum()), int(before["handoffs"].sum())
    too_few = min(len(now), len(before)) < _LEAST_WEEKS or min(handoffs) < asked.of(MIN_WEEK)
    if too_few or not asked.columns["acknowledged"]:
        reason = "Too few acknowledged handoffs to L3"
        return CLAIM.unknown(f"{reason}: {handoffs[0]} in the last {recent} weeks, {handoffs[1]} before.", len(now))
    ratio = ratio_of_means(_logs(now), _logs(before))
    typical = float(np.exp(_logs(now).mean()))
    severity = above(ratio, asked.of(RATIO), asked.of(RATIO) if typical > asked.of(HOURS) else None)
    said = (f"A typical week's median wait for L3 is {numbers.decimal(typical)} working hours now, "
            f"{numbers.decimal(ratio.value)} times ({numbers.decimal(ratio.low)} to {numbers.decimal(ratio.high)}) that of "
            f"the {len(before)} weeks before.")  # fmt: skip
    evidence = Evidence(
        "t.ticket_no IN (SELECT h.ticket_no FROM handoffs h WHERE h.changes_tier AND h.to_tier = 3 "
        "AND h.handed_us > $found_end - $found_weeks * 604800000000)",
        (("found_end", int(weeks["end_us"].iloc[0])), ("found_weeks", recent)),
    )
    return CLAIM.found(asked, severity, ratio, asked.of(RATIO), said, weeks=recent, evidence=evidence,
                       waiting=now["wait_hours"].sum() * max(0.0, 1 - 1 / ratio.value))  # fmt: skip


def _logs(weeks: pd.DataFrame) -> pd.Series:
    """Logs of the weekly medians in hours; below a minute counts as a minute."""
    return np.log(weeks["p50_hours"].clip(lower=_LEAST_MINUTE_HOURS))


def _load(asked: Asked) -> Finding:
    if not asked.columns["rostered_l3"] or not asked.columns["effort"]:
        return LOAD.unknown("This needs a roster with hours of L3, and tracked work.")
    weeks, limit = asked.ask("d11_load").head(int(asked.of(RECENT_WEEKS))), asked.of(UTILISATION)
    if len(weeks) < _LEAST_WEEKS:
        return LOAD.unknown(f"Only {len(weeks)} whole weeks with a roster for L3.", len(weeks))
    # A roster holds paid hours: meetings and breaks included.
    at_work = weeks["rostered_hours"] * (1 - asked.of(SHRINKAGE))
    used = mean(weeks["worked_hours"] / at_work)
    said = (f"Tickets took {used.percent()} of L3's hours at work (rostered less {numbers.share(asked.of(SHRINKAGE))}) "
            f"in the last {used.n} weeks.")  # fmt: skip
    over = weeks["worked_hours"].sum() - limit * at_work.sum()
    return LOAD.found(asked, above(used, limit, limit), used, limit, said, work={"L3": over}, weeks=len(weeks),
                      evidence=Evidence("t.tier_mask & 8 <> 0"))  # fmt: skip


def _vetting(asked: Asked) -> Finding:
    if not asked.columns["effort"] or not asked.columns["categories"]:
        return VETTING.unknown("This needs tracked work and categories.")
    rows = asked.with_history().ask("d11_vetting", solved=asked.of(LOWER_KIND), least=asked.of(MIN_GROUP),
                     recent=int(asked.of(RECENT_WEEKS)))  # fmt: skip
    weeks = rows.groupby("age")[["l2_type_hours", "hours"]].sum()
    weeks = weeks[(weeks.index < asked.of(RECENT_WEEKS)) & (weeks["hours"] > 0)]
    if len(weeks) < _LEAST_WEEKS:
        return VETTING.unknown(f"Only {len(weeks)} weeks with tracked work in L3.", len(weeks))
    lower, limit = ratio_of_sums(weeks["l2_type_hours"], weeks["hours"]), asked.of(LOWER_WORK)
    recent = rows[rows["age"] < asked.of(RECENT_WEEKS)]
    names = recent[recent["l2_type_hours"] > 0].groupby("category")["l2_type_hours"].sum().sort_values(ascending=False)
    said = (f"{lower.percent()} of L3's work in the last {len(weeks)} weeks was in categories that L2 solves by itself in "
            f"{numbers.share(asked.of(LOWER_KIND))} of cases or more")  # fmt: skip
    said += f", most in {listed(list(names.index))}." if len(names) else "."
    evidence = Evidence(
        "t.tier_mask & 8 <> 0 AND list_contains($found_names, t.category)", (("found_names", list(names.index)),)
    )
    return VETTING.found(asked, above(lower, limit), lower, limit, said, work={"L3": weeks["l2_type_hours"].sum()},
                         weeks=len(weeks), evidence=evidence)  # fmt: skip
