"""Titles say what the frame holds, and do not claim a change that chance explains."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analytics.charts import titles
from tests.unit.charts.test_figures import BY, FUNNEL, HEAT, HOPS, PAIRS, PATHS, ROUTING, TIERS, WEEKS


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (titles.tier_distribution(TIERS), "L1 resolves 78 % of tickets; the rule of thumb says 80 %"),
        (titles.mix_by(BY.assign(all_resolved=100), "product"), "L1 resolves 60 % for <b>A</b> and 100 % for B"),
        (titles.escalation_by(BY, 0.3, "product"), "<b>A</b>: 40 % of its tickets are escalated; overall 30 %"),
        (titles.escalation_by(BY, 0.35, "product"), "No product escalates clearly more than the others"),
        (titles.escalation_rates(TIERS), "L1 escalates 22 %, L2 escalates 13 % of the tickets it sees"),
        (titles.funnel(FUNNEL), "Of all tickets, 22 % reach L2 and 3.0 % reach L3"),
        (titles.hop_flow(HOPS), "70 % of tickets are resolved where they first land"),
        (titles.paths(PATHS), "Tickets take 2 different ways through the tiers"),
        (titles.routing(ROUTING), "25 % of visits to L2 go back to L1"),
        (titles.latency_curve(PAIRS, 30), "30 % of handoffs are acknowledged within 30 min"),
        (titles.latency_by_group(PAIRS), "Handoffs L1 → L2 wait longest: half of them 1.5 h or more"),
        (titles.outcomes(PAIRS), "14 % of handoffs were not acknowledged where they went, 5 of them are waiting now"),
        (titles.heatmap(HEAT), "What is handed over Mon around 09:00 waits longest: 2 h for half of it"),
        (titles.volume(WEEKS), "10 tickets in a mean week; the busiest, from 6 Jan 2025, had 10"),
    ],
)  # fmt: skip
def test_titles(title, expected):
    assert title == expected


def weeks(shares: list[float], each: int) -> pd.DataFrame:
    """A mix over time with the given L1 shares and `each` resolved tickets per period."""
    return pd.DataFrame({
        "period": pd.date_range("2025-01-06", periods=len(shares), freq="7D"), "tier": "L1",
        "resolved": [round(share * each) for share in shares], "all_resolved": each, "open_share": 0.0,
    })  # fmt: skip


def test_a_clear_change_is_told_with_its_ends():
    assert titles.mix_over_time(weeks([0.8] * 8 + [0.6] * 8, 200)) == "L1's share has fallen from 80 % to 60 %"


def test_chance_is_not_told_as_a_change():
    """Binomial draws of one share: at a threshold of 2.6 standard errors hardly one title in a hundred claims a change."""
    rng = np.random.default_rng(3)
    claimed = sum("has" in titles.mix_over_time(weeks(list(rng.binomial(40, 0.8, 20) / 40), 40)) for _ in range(200))
    assert claimed <= 6


def test_too_few_periods_claim_nothing():
    assert titles.mix_over_time(weeks([0.8] * 4, 100)) == "Share resolved by each tier, over time"


def test_nothing_to_tell_is_told_without_a_number():
    none = TIERS.assign(share_resolved=math.nan, escalation_rate=math.nan)
    assert titles.tier_distribution(none) == "No ticket of this selection is resolved yet"
    assert titles.escalation_rates(none) == "No tier of this selection can escalate"
    assert titles.latency_curve(PAIRS.head(0), 30) == titles.NOTHING
    assert titles.outcomes(PAIRS.head(0)) == titles.NOTHING
    assert titles.heatmap(HEAT.tail(1)) == "Waits by hour of the week"
