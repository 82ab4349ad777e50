"""D3: is more than 20 % escalated from L1 on a regular basis, and which product drives it?"""

from __future__ import annotations

import pandas as pd

from analytics.findings.base import Asked, Claim, Evidence, Finding, Measured, difference, share
from analytics.warehouse.intervals import wilson

CLAIM = Claim(
    "d03_escalation_rate",
    "Escalated from L1, week by week",
    "More than one in five, week after week, points to gaps in training, unclear boundaries, or a product too complex for L1.",
    "Take the products and teams with the highest rates, read twenty escalations of each, and write down what L1 lacked.",
)
PRODUCT = Claim(
    "d03_product",
    "A product that escalates more than the others",
    "One product that L1 cannot handle fills L2 with tickets which are solved at once for the other products.",
    "Train L1 on this product and give it L2's macros; route what it can never solve to L2 at once.",
)


def find(asked: Asked) -> list[Finding]:
    """Two findings: the weekly rate, and the product that stands out."""
    return [_weekly(asked), _product(asked)]


def _weekly(asked: Asked) -> Finding:
    settings = asked.settings
    weeks = asked.ask("d03_weeks", mature_days=settings.mature_days).head(settings.weeks_looked_at)
    weeks = weeks[weeks["tickets"] >= settings.min_week]
    if len(weeks) < settings.alarm_weeks:
        return CLAIM.unknown(
            f"Only {len(weeks)} matured weeks with at least {settings.min_week} tickets in L1.", len(weeks)
        )
    low, _ = wilson(weeks["escalated"], weeks["tickets"])
    over, measured = (
        int((low > settings.escalation_share).sum()),
        share(weeks["escalated"].sum(), weeks["tickets"].sum()),
    )
    severity = "watch" if over >= settings.alarm_weeks and measured.low > settings.escalation_share else "good"
    said = (f"{measured.percent()} of {measured.n:,} tickets in the last {len(weeks)} matured weeks were escalated from L1; "
            f"{over} of these weeks were surely over {settings.escalation_share:.0%}.")  # fmt: skip
    return CLAIM.found(
        severity, measured, settings.escalation_share, said, evidence=Evidence("t.escalated_mask & 2 <> 0")
    )


def _product(asked: Asked) -> Finding:
    """The product whose surplus over the rest is surest, by Newcombe's interval widened for the number of products."""
    groups = asked.ask("d03_products", mature_days=asked.settings.mature_days)
    large = groups[groups["tickets"] >= asked.settings.min_group]
    if len(large) < 2:
        return PRODUCT.unknown(
            f"Fewer than two products with {asked.settings.min_group} matured tickets in L1.", len(large)
        )
    told = [(row, _surplus(row, large)) for _, row in large.iterrows()]
    row, surplus = max(told, key=lambda pair: pair[1].low)
    return _told(asked, row, surplus, large)


def _surplus(row: pd.Series, groups: pd.DataFrame) -> Measured:
    rest = groups[groups["product"] != row["product"]]
    return difference(row.escalated, row.tickets, rest["escalated"].sum(), rest["tickets"].sum(), len(groups))


def _told(asked: Asked, row: pd.Series, surplus: Measured, groups: pd.DataFrame) -> Finding:
    settings, own = asked.settings, share(row.escalated, row.tickets, len(groups))
    stands_out = surplus.low > settings.product_margin
    severity = "act" if stands_out and own.low > settings.escalation_share else "watch" if stands_out else "good"
    minutes = row.l2_minutes if row.l2_minutes == row.l2_minutes else 0.0
    said = (f"{row['product']} is escalated in {own.percent()} of its tickets, {surplus.value * 100:.0f} points "
            f"({surplus.low * 100:.0f} to {surplus.high * 100:.0f}) more than the other products.")  # fmt: skip
    if severity == "good":
        said = f"No product is surely {settings.product_margin * 100:.0f} points above the others. The nearest: {said}"
    evidence = Evidence(
        "t.escalated_mask & 2 <> 0 AND t.product = $found_product", (("found_product", row["product"]),)
    )
    return PRODUCT.found(severity, surplus, settings.product_margin, said,
                         hours_at_stake=surplus.value * row.tickets * minutes / 60, evidence=evidence)  # fmt: skip
