"""D18: how many escalations are asked for a manager's yes, and for which product?"""

from __future__ import annotations

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Finding
from analytics.findings.cases import Cases, cases
from analytics.findings.ground import above, worst
from analytics.findings.settings import MIN_GROUP, share_of

SHARE = share_of("hierarchical_share", "Escalations that are approvals", 0.20)
CLAIM = Claim(
    "d18_hierarchical",
    "Escalations that are approvals",
    "The guide tells functional escalation (for skill) from hierarchical (for authority).",
    "An escalation for a yes is not a gap in skill. More training will not stop it.",
    "Raise what L1 may decide by itself for the most frequent approvals: fix authority, not training.",
    "Share of handoffs to a higher tier that the data marks as hierarchical (an approval, a manager, an authority), of "
    "those whose kind is told. Waiting: working hours until the higher tier looks at them.",
    (SHARE, MIN_GROUP),
    n_of="escalations",
)
PRODUCT = Claim(
    "d18_product",
    "A product whose escalations are approvals",
    CLAIM.guide,
    CLAIM.why,
    CLAIM.advice,
    "The same share for the product where it is surest to be high, the interval widened for the number of products.",
    (SHARE, MIN_GROUP),
    n_of="escalations",
)


def find(asked: Asked) -> list[Finding]:
    """Two findings: all escalations whose type is told, and the product where approvals stand out."""
    if not asked.columns["escalation_types"]:
        return [claim.unknown("The data does not tell the kind of an escalation.") for claim in (CLAIM, PRODUCT)]
    told = cases(asked, "d18_hierarchical")
    return [_all(asked, told), _product(asked, told)]


def _all(asked: Asked, told: Cases) -> Finding:
    least, limit = asked.of(MIN_GROUP), asked.of(SHARE)
    if told.n < least:
        return CLAIM.unknown(f"Only {told.n} escalations whose kind is told; {least:.0f} are needed.", told.n)
    asks = told.share()
    said = f"{asks.percent()} of {asks.n:,} escalations ask for a manager's yes."
    return CLAIM.found(asked, above(asks, limit), asks, limit, said, waiting=told.hours, evidence=told.behind())


def _product(asked: Asked, told: Cases) -> Finding:
    least, limit = asked.of(MIN_GROUP), asked.of(SHARE)
    found = worst(told.by("product"), "k", "n", least)
    if found is None:
        return PRODUCT.unknown(f"No product has {least:.0f} escalations whose kind is told.")
    row, asks = found
    severity, said = above(asks, limit), f"{asks.percent()} of {asks.n:,} escalations of {row['name']} ask for a yes."
    if severity == "good":
        said = f"In no product do approvals surely make more than {numbers.share(limit)}. The highest: {said}"
    return PRODUCT.found(asked, severity, asks, limit, said, waiting=row["hours"],
                         evidence=told.behind("product", row["name"]))  # fmt: skip
