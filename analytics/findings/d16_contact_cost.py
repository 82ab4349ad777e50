"""D16: what does a contact cost here, against $0.10–1.50 for AI and $3–6 for a person?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.findings.base import Asked, Claim, Evidence, Finding
from analytics.findings.d15_deflection import AI_HIGH, AI_LOW
from analytics.findings.ground import student
from analytics.findings.settings import GUIDE, MIN_GROUP, Threshold

HUMAN_LOW = Threshold("human_contact_low", "A contact with a person, cheap end", 3.0, "money", GUIDE)
HUMAN_HIGH = Threshold("human_contact_high", "A contact with a person, dear end", 6.0, "money", GUIDE)
CLAIM = Claim(
    "d16_contact_cost",
    "What a ticket costs that L1 solves alone",
    "The guide gives 0.10–1.50 dollars for a contact with AI against 3–6 for one with a person.",
    "Where a simple ticket costs more than the guide's dear end, savings that were promised by its figures are too small, and "
    "the work behind such a ticket is worth a look.",
    "Look at the longest tickets that L1 solves alone: a macro, an article or self-service for them pays first.",
    "Tracked work on tickets that L1 solved alone, times the cost of an hour of L1 that you gave, with the interval of "
    "the mean; tickets that went higher beside it. Wages only: no licences, no training, no model. The guide's figures "
    "are in dollars.",
    (HUMAN_HIGH, HUMAN_LOW, AI_LOW, AI_HIGH, MIN_GROUP),
    unit="money",
)
_PATHS = {1: "solved in L1 alone", 2: "that reached L2", 3: "that reached L3"}


def find(asked: Asked) -> list[Finding]:
    """The cost of a ticket that L1 solves alone; what the others cost, and the corners of the saving."""
    rates = dict(asked.settings.hourly_cost)
    if not all(tier in rates for tier in ("L1", "L2", "L3")):
        return [
            CLAIM.unknown("Nobody has said what an hour of L1, L2 and L3 costs.", advice="Give it in the thresholds.")
        ]
    rows = asked.ask("d16_cost").set_index("highest")
    if 1 not in rows.index or rows.loc[1, "tickets"] < asked.of(MIN_GROUP):
        return [CLAIM.unknown("Too few tickets that L1 solved alone have tracked work.")]
    row = rows.loc[1]
    per_minute = rates["L1"] / 60
    error = row["minutes_sd"] / np.sqrt(row["tickets"]) * per_minute
    cost = student(row["l1_minutes"] * per_minute, float(error), float(row["tickets"] - 1), row["tickets"])
    limit = asked.of(HUMAN_HIGH)
    return [CLAIM.found(asked, "watch" if cost.low > limit else "good", cost, limit, _sentence(asked, rows, cost.value),
                        evidence=Evidence("t.tier_mask = 2 AND t.resolved_tier = 1"))]  # fmt: skip


def _sentence(asked: Asked, rows: pd.DataFrame, cost: float) -> str:
    rates, currency = dict(asked.settings.hourly_cost), asked.settings.currency
    paths = [
        f"{_PATHS[highest]} {sum(row[f'l{tier}_minutes'] * rates[f'L{tier}'] for tier in (1, 2, 3)) / 60:,.2f}"
        for highest, row in rows.iterrows() if highest in _PATHS
    ]  # fmt: skip
    corners = [cost - asked.of(one) for one in (AI_HIGH, AI_LOW)]
    return (
        f"A ticket costs, in {currency} of work: {', '.join(paths)}. A contact that AI takes instead of L1 would save "
        f"{corners[0]:,.2f} to {corners[1]:,.2f}, before what the AI's mistakes cost."
    )
