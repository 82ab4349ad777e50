"""D13: do known issues climb to L3 again after L3 has solved them once?"""

from __future__ import annotations

import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding, listed, part_sql
from analytics.findings.ground import FAMILY, share, z_for
from analytics.findings.issues import SIMILAR, issue_lists
from analytics.findings.settings import GUIDE, MIN_GROUP, Threshold, share_of
from analytics.warehouse.intervals import wilson

REPEATS = Threshold(
    "repeats", "Similar escalations within the days below that make a known issue", 3, "tickets", GUIDE, low=2
)
DAYS = Threshold("repeat_days", "Days within which they come", 30, "days", GUIDE, low=1)
CLIMB = share_of("climb_share", "Share of a known issue's tickets that surely climbs to L3", 0.30)
SHARE = share_of("repeat_share", "L3's tickets that repeat a known issue", 0.02)
CLAIM = Claim(
    "d13_known_issues",
    "Known issues that climb to L3 again",
    "The guide wants an article once three similar tickets escalate within 30 days after L3 solved the first.",
    "L3 solves the same problem again and again, and each time the customer waits for all tiers.",
    "Write the article for the issues named, give it to L1 and L2, and link it to the open ones.",
    "Similar: same product, and subjects that share most of their words. An issue counts from its first resolution in "
    "L3 on, where at least so many later tickets reached L3 within the days, and where surely so large a share of its "
    "tickets climbs (interval widened for the number of issues and of findings): a subject that many easy tickets share "
    "is no known issue. The value is the share of all tickets in L3 that repeat one. Work: what L3 did on them.",
    (SHARE, REPEATS, DAYS, SIMILAR, CLIMB, MIN_GROUP),
    n_of="tickets in L3",
)


def find(asked: Asked) -> list[Finding]:
    """The share of L3's tickets that repeat an issue that L3 has solved before."""
    if not asked.columns["subjects"]:
        return [CLAIM.unknown("The data holds no subjects, so similar tickets cannot be told.")]
    row, least, limit = asked.one("d13_base"), asked.of(MIN_GROUP), asked.of(SHARE)
    if row.in_l3 < least:
        return [
            CLAIM.unknown(f"Only {row.in_l3} tickets with a subject reached L3; {least:.0f} are needed.", row.in_l3)
        ]
    lists = issue_lists(asked)
    issues = known_issues(asked, lists)
    repeats, count = share(issues["climbed"].sum(), row.in_l3), len(issues)
    severity = "watch" if count and repeats.low > limit else "good"
    said = (
        f"{count} known issue{'s' if count != 1 else ''} climbed to L3 again: {repeats.percent()} of {repeats.n:,} tickets in L3 "
        f"repeat what L3 had solved. Most often: {listed(_words(issues))}." if count
        else f"No problem that L3 had solved came back to it {asked.of(REPEATS):.0f} times within {asked.of(DAYS):.0f} days."
    )  # fmt: skip
    return [CLAIM.found(asked, severity, repeats, limit, said, work={"L3": issues["l3_hours"].sum()},
                        evidence=_tickets(issues, lists))]  # fmt: skip


def known_issues(asked: Asked, issues: dict[str, list[str]]) -> pd.DataFrame:
    """The issues that keep climbing: issue, subject, fixed_us, tickets, climbed, l3_hours; the most climbing ones first."""
    found = asked.ask("d13_issues", window_us=int(asked.of(DAYS) * 86_400_000_000), **issues)
    low, _ = wilson(found["climbed"], found["tickets"], z_for(len(found), FAMILY))
    keeps = (found["most_at_once"] >= asked.of(REPEATS)) & (low > asked.of(CLIMB))
    return found[keeps].reset_index(drop=True)


def _words(issues: pd.DataFrame) -> list[str]:
    return [f"“{row.subject}” ({numbers.count(row.climbed)} times)" for row in issues.itertuples()]


def _tickets(issues: pd.DataFrame, lists: dict[str, list[str]]) -> Evidence:
    names = set(issues["issue"])
    pairs = [(key, leader) for key, leader in zip(lists["keys"], lists["leaders"], strict=True) if leader in names]
    sql = f"t.tier_mask & 8 <> 0 AND t.ticket_no IN (SELECT i.ticket_no FROM ({part_sql('issue_of')}) i)"
    return Evidence(sql, (("keys", [key for key, _ in pairs]), ("leaders", [leader for _, leader in pairs])))
