"""D2: does the roster's mix of tiers follow the work that comes in?"""

from __future__ import annotations

import pandas as pd

from analytics.findings.base import Asked, Claim, Evidence, Finding
from analytics.findings.ground import Measured, mean
from analytics.findings.settings import GUIDE, Threshold, share_of

MARGIN = share_of("staff_margin", "How far the roster may differ from the mix that the work asks for", 0.05, GUIDE)
WEEKS = Threshold("staff_weeks", "Weeks of roster that are looked at", 26, "weeks", low=4)
CLAIM = Claim(
    "d02_staff_mix",
    "The roster's mix of tiers against the work",
    "The guide staffs 60–70 % of people in L1, 25–30 % in L2 and under 10 % in L3.",
    "A mix taken from a rule instead of from the work leaves one tier idle and another with a queue.",
    "Move hours between tiers, or work: the mix that your own flow asks for counts, not the guide's.",
    "Share of rostered hours that each tier has, less its share of the work on tickets in the same weeks: tracked "
    "minutes, or, where none are tracked, 15, 30 and 100 minutes a visit. The value is the largest gap, with an "
    "interval over weeks widened for three tiers. The roster is never judged by the guide's figures alone; the guide "
    "uses the same ones for ticket share too.",
    (MARGIN, WEEKS),
    n_of="weeks",
    unit="points",
)
_TIERS = ("L1", "L2", "L3")
_LEAST_WEEKS = 4


def find(asked: Asked) -> list[Finding]:
    """The tier whose share of rostered hours lies furthest from its share of the work."""
    if not asked.columns["rostered"] or not asked.columns["tiers"]:
        return [CLAIM.unknown("There is no roster.", advice="Add a roster under Data, Settings.")]
    rows = asked.ask("d02_weeks", weeks=asked.of(WEEKS))
    rostered, worked = (_mix(rows, column) for column in ("rostered_hours", "worked_hours"))
    if len(rostered) < _LEAST_WEEKS:
        return [
            CLAIM.unknown(f"Only {len(rostered)} whole weeks have both a roster and work on tickets.", len(rostered))
        ]
    gaps = {tier: mean(rostered[tier] - worked[tier], groups=3) for tier in _TIERS}
    tier = max(gaps, key=lambda name: abs(gaps[name].value))
    return [CLAIM.found(asked, _severity(gaps[tier], asked.of(MARGIN)), gaps[tier], asked.of(MARGIN),
                        _sentence(asked, tier, gaps[tier], rostered, worked), evidence=Evidence("t.tier_mask <> 0"))]  # fmt: skip


def _mix(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row per week, one column per tier: its share of the hours. Weeks without any are left out."""
    hours = rows.pivot_table(index="week", columns="tier", values=column, aggfunc="sum", fill_value=0.0)
    hours = hours.reindex(columns=[1, 2, 3], fill_value=0.0).set_axis(_TIERS, axis=1)
    return hours.div(hours.sum(axis=1), axis=0).dropna()


def _severity(gap: Measured, margin: float) -> str:
    return "watch" if gap.low > margin or gap.high < -margin else "good"


def _sentence(asked: Asked, tier: str, gap: Measured, rostered: pd.DataFrame, worked: pd.DataFrame) -> str:
    there, needed = (" / ".join(f"{100 * mix[name].mean():.0f}" for name in _TIERS) for mix in (rostered, worked))
    more = "more" if gap.value > 0 else "less"
    basis = "" if asked.columns["effort"] else " (no work is tracked: 15, 30 and 100 minutes a visit are taken)"
    return (
        f"Rostered hours are {there} % in L1 / L2 / L3, the work that comes in asks for {needed} %{basis}: {tier} has "
        f"{abs(gap.value) * 100:.0f} points {more} than its share of the work."
    )
