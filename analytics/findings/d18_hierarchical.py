"""D18: how many escalations are asked for a manager's yes, and for which product?"""

from __future__ import annotations

import pandas as pd

from analytics.findings.base import Asked, Claim, Evidence, Finding, above, share, worst

_HIERARCHICAL = "regexp_matches(lower(e.escalation_type), 'hierarch|approv|manage')"
CLAIM = Claim(
    "d18_hierarchical",
    "Escalations that are approvals",
    "An escalation for a yes is not a gap in skill. More training will not stop it.",
    "Raise what L1 may decide by itself for the most frequent approvals: fix authority, not training.",
)
PRODUCT = Claim("d18_product", "A product whose escalations are approvals", CLAIM.why, CLAIM.advice)


def find(asked: Asked) -> list[Finding]:
    """Two findings: all escalations whose type is told, and the product where approvals stand out."""
    if not asked.columns["escalation_types"]:
        return [claim.unknown("The data does not tell the kind of an escalation.") for claim in (CLAIM, PRODUCT)]
    groups = asked.ask("d18_hierarchical")
    return [_all(asked, groups), _product(asked, groups)]


def _all(asked: Asked, groups: pd.DataFrame) -> Finding:
    escalations, least = int(groups["escalations"].sum()), asked.settings.min_group
    if escalations < least:
        return CLAIM.unknown(f"Only {escalations} escalations whose kind is told; {least} are needed.", escalations)
    asks, threshold = share(groups["hierarchical"].sum(), escalations), asked.settings.hierarchical_share
    said = f"{asks.percent()} of {asks.n:,} escalations ask for a manager's yes."
    return CLAIM.found(above(asks, threshold), asks, threshold, said, evidence=_tickets())


def _product(asked: Asked, groups: pd.DataFrame) -> Finding:
    threshold, least = asked.settings.hierarchical_share, asked.settings.min_group
    found = worst(groups[groups["product"] != "(no product)"], "hierarchical", "escalations", least)
    if found is None:
        return PRODUCT.unknown(f"No product has {least} escalations whose kind is told.")
    row, asks = found
    severity, said = (
        above(asks, threshold),
        f"{asks.percent()} of {asks.n:,} escalations of {row['product']} ask for a yes.",
    )
    if severity == "good":
        said = f"In no product do approvals surely make more than {threshold:.0%}. The highest: {said}"
    return PRODUCT.found(severity, asks, threshold, said, evidence=_tickets(row["product"]))


def _tickets(product: str | None = None) -> Evidence:
    reason = f"t.ticket_no IN (SELECT e.ticket_no FROM events e WHERE {_HIERARCHICAL})"
    if product is None:
        return Evidence(reason)
    return Evidence(f"{reason} AND t.product = $found_product", (("found_product", product),))
