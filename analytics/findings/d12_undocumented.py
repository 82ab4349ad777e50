"""D12: are fixes of L3 written down?"""

from __future__ import annotations

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Finding
from analytics.findings.cases import cases
from analytics.findings.ground import above
from analytics.findings.settings import GUIDE, MIN_GROUP, share_of

SHARE = share_of("undocumented_share", "Fixes of L3 without documentation", 0.20, GUIDE)
CLAIM = Claim(
    "d12_undocumented",
    "Fixed in L3 without an article",
    "The guide wants every fix of L3 documented; more than 20 % without is a warning.",
    "A fix that only one engineer knows climbs all tiers again the next time.",
    "Make the link to an article part of closing a ticket in L3; start with the categories that come back most.",
    "Share of tickets resolved in L3 that carry neither a link to an article nor a note on their resolution or closing. Work: "
    "what L3 did on them, which a repeat would cost again.",
    (SHARE, MIN_GROUP),
)


def find(asked: Asked) -> list[Finding]:
    """The share of tickets resolved in L3 that leave neither article nor closing note."""
    columns = asked.columns
    if not columns["links"] and not columns["closing_notes"]:
        return [CLAIM.unknown("The data holds neither links to articles (knowledge_link) nor notes on a resolution.")]
    told, least, limit = cases(asked, "d12_undocumented"), asked.of(MIN_GROUP), asked.of(SHARE)
    if told.n < least:
        return [CLAIM.unknown(f"Only {told.n} tickets resolved in L3; {least:.0f} are needed.", told.n)]
    missing = told.share()
    kinds = "neither a link to an article nor a closing note" if columns["closing_notes"] else "no link to an article"
    said = f"{missing.percent()} of {told.n:,} tickets resolved in L3 carry {kinds}."
    top = told.by("category")
    if len(top) and missing.low > limit:
        said += f" Most are in {top.iloc[0]['name']} ({numbers.count(top.iloc[0]['k'])})."
    return [
        CLAIM.found(asked, above(missing, limit), missing, limit, said, work={"L3": told.hours}, evidence=told.behind())
    ]
