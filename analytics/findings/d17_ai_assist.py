"""D17: what would 55 % fewer unnecessary escalations be here?"""

from __future__ import annotations

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Finding
from analytics.findings.d09_premature import premature
from analytics.findings.ground import scaled
from analytics.findings.settings import HANDLE_MINUTES, MIN_GROUP, VENDOR, share_of
from analytics.warehouse import questions

FEWER = share_of("ai_fewer_unnecessary", "Unnecessary escalations that AI assist avoids", 0.55, VENDOR)
CLAIM = Claim(
    "d17_ai_assist",
    "What AI assist could take off your escalations, at a vendor's word",
    "A vendor's outcome: 55 % fewer unnecessary escalations, and first contact resolution from 48 % to 72 %.",
    "A vendor's percentage is of the unnecessary escalations, which are only some of yours.",
    "Try it on one team for two months, and mark the day: the finding on a marked day then tells what it did here.",
    "The vendor's share applied to your premature escalations only, over all escalated and resolved tickets with tracked work. "
    "It is never an alarm, and no forecast.",
    (FEWER, HANDLE_MINUTES, MIN_GROUP),
    n_of="escalations",
    rising=False,
)


def find(asked: Asked) -> list[Finding]:
    """The share of escalations that would be avoided, and the hours of L2 in them."""
    if not asked.columns["effort"]:
        return [CLAIM.unknown("Unnecessary escalations cannot be told without tracked work (effort_minutes).")]
    told, fewer, least = premature(asked), asked.of(FEWER), asked.of(MIN_GROUP)
    if told.n < least:
        return [
            CLAIM.unknown(f"Only {told.n} escalated tickets with tracked work in L2; {least:.0f} are needed.", told.n)
        ]
    avoided = scaled(told.share(), fewer)
    said = (f"{numbers.share(fewer)} fewer premature escalations would be {avoided.percent()} of your escalations, "
            f"{numbers.decimal(fewer * told.hours / asked.weeks)} hours of L2 a week, if the vendor's figure held here."
            f"{_first_contact(asked)}")  # fmt: skip
    return [CLAIM.found(asked, "good", avoided, None, said, evidence=told.behind())]


def _first_contact(asked: Asked) -> str:
    value = questions.quality(asked.warehouse, asked.filters)["first_contact_resolution"].iloc[0]
    if value is None or value != value:
        return ""
    return f" Your first contact resolution is {numbers.share(value)}; the vendor's customers began at 48 %."
