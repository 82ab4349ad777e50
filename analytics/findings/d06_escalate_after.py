"""D6: what would "escalate after 15 minutes without a solution" have done here? The rule replayed on history."""

from __future__ import annotations

import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Finding
from analytics.findings.cases import Cases, cases
from analytics.findings.ground import scaled
from analytics.findings.settings import GUIDE, MIN_TICKETS, Threshold, share_of

AFTER = Threshold(
    "escalate_after_minutes",
    "Escalate what L1 has not resolved after",
    15,
    "working minutes",
    GUIDE,
    scopes=("priority",),
)
ADDED = share_of("added_load_share", "Extra visits to L2 that a rule may bring", 0.20)
CLAIM = Claim(
    "d06_escalate_after",
    "The rule “escalate after 15 minutes”, before anybody adopts it",
    "The guide escalates what L1 has not resolved within 15 minutes.",
    "A rule by the clock sends up whatever waits, also what L1 would have solved an hour later without anybody's help.",
    "Adopt it only where it shortens the wait for L2 without filling L2; else give a rule to single categories.",
    "Each visit to L1 is replayed on its working clock, pending time left out. Visits that lasted longer than the limit "
    "and were not escalated would have gone to L2: the value is their number over L2's visits now. Those that were "
    "escalated would have gone at the limit: the 90th percentile of L1's time before escalation falls to it. People are "
    "taken to behave as before, and L2 to take no longer for more tickets, so both are the kindest case for the rule. "
    "Watch where the rule would surely bring fewer extra visits than the limit and shorten that time.",
    (ADDED, AFTER, MIN_TICKETS),
    n_of="visits",
)  # fmt: skip


def find(asked: Asked) -> list[Finding]:
    """How many visits the rule would have added to L2, and how much sooner those escalated would have gone."""
    told = cases(asked, "d06_replayed", AFTER)
    row = asked.one("d06_effect", AFTER)
    if told.n < asked.of(MIN_TICKETS) or not row.l2_visits:
        return [CLAIM.unknown(f"Only {told.n:,} ended visits to L1, {row.l2_visits:.0f} of L2.", told.n)]
    added, limit = scaled(told.share(), told.n / row.l2_visits), asked.of(ADDED)
    saved = max(0.0, row.p90_before_hours - row.p90_after_hours)
    pays = added.high < limit and saved > 0
    advice = "Try the rule for a month, and watch L2's queue." if pays else ""
    return [CLAIM.found(asked, "watch" if pays else "good", added, limit, _sentence(asked, told, row, saved, pays),
                        evidence=told.behind(), advice=advice)]  # fmt: skip


def _sentence(asked: Asked, told: Cases, row: pd.Series, saved: float, pays: bool) -> str:
    verdict = "It would pay here." if pays else "Not adopting it is right here."
    load = (
        ""
        if pd.isna(row.l2_minutes)
        else f", {numbers.count(told.k * row.l2_minutes / 60 / asked.weeks)} hours of work"
    )
    gain = (
        f"nine in ten escalations would leave L1 within {numbers.duration(row.p90_after_hours)} instead of "
        f"{numbers.duration(row.p90_before_hours)}" if saved > 0 else "no escalation would leave L1 sooner"
    )  # fmt: skip
    return (
        f"“Escalate after {asked.of(AFTER):.0f} working minutes” would have sent {numbers.count(told.k / asked.weeks)} more "
        f"tickets a week to L2 (now {numbers.count(row.l2_visits / asked.weeks)}){load}; {gain}. {verdict}"
    )
