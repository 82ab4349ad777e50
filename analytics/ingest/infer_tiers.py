"""A suggested tier for each team, from how tickets move between teams; to be confirmed by somebody who knows.

Most exports have groups and no tiers. What tells a tier is where a team stands in the flow: L1 takes tickets in from outside and
passes some on; L3 gets nearly all of its tickets from others and passes few on. The position is the trophic level of the handoff
graph (MacKay, Johnson & Sansom 2020, "How directed is a directed network?"): heights h that minimise
sum w_ij (h_j - h_i - 1)^2 over the handoffs from i to j. A team whose name says its tier is taken by its word first.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

FEW_VISITS = 20
"""Below this many visits a team's place in the flow says little."""

ENTRY_SHARE = 0.5
"""A team that takes at least this share of its visits in from outside stands at the front."""

COLUMNS = ["team", "tier", "confidence", "evidence"]


def infer_tiers(
    teams: pd.DataFrame, handoffs: pd.DataFrame, named: Callable[[str], str | None] = lambda _: None
) -> pd.DataFrame:
    """Suggested tiers. `teams`: team, visits, from_outside and solved_here (shares); `handoffs`: from_team, to_team, handoffs.

    `named` gives the tier that a team's name speaks for, or None. One row per team in the same order: tier ("L1" … "L3"),
    confidence 0-1, evidence in words. Nothing is applied: this is a proposal.
    """
    heights = trophic_levels(teams["team"].tolist(), handoffs)
    front = [h for team, h in heights.items() if _entry(teams, team) >= ENTRY_SHARE]
    floor = float(np.median(front)) if front else min(heights.values(), default=0.0)
    rows = [_suggested(row, heights[row["team"]] - floor, named(row["team"])) for row in teams.to_dict("records")]
    return pd.DataFrame(rows, columns=COLUMNS)


def _entry(teams: pd.DataFrame, team: str) -> float:
    return float(teams.loc[teams["team"] == team, "from_outside"].iloc[0])


def trophic_levels(teams: list[str], handoffs: pd.DataFrame) -> dict[str, float]:
    """Height of each team in the handoff graph; only differences mean something. Teams without handoffs are at the mean, 0."""
    place = {team: number for number, team in enumerate(teams)}
    weights = np.zeros((len(teams), len(teams)))
    for row in handoffs.to_dict("records"):
        if row["from_team"] in place and row["to_team"] in place and row["from_team"] != row["to_team"]:
            weights[place[row["from_team"]], place[row["to_team"]]] += row["handoffs"]
    inward, outward = weights.sum(axis=0), weights.sum(axis=1)
    laplacian = np.diag(inward + outward) - weights - weights.T
    heights = np.linalg.lstsq(laplacian, inward - outward, rcond=None)[0] if len(teams) else np.zeros(0)
    return dict(zip(teams, map(float, heights), strict=True))


def _suggested(row: dict, height: float, by_name: str | None) -> dict:
    words = (
        f"{row['from_outside']:.0%} of its {row['visits']:,} visits come from outside, {row['solved_here']:.0%} end solved; "
        f"it stands {height:+.1f} steps from the teams that take tickets in"
    )
    if by_name:
        return {"team": row["team"], "tier": by_name, "confidence": 0.95, "evidence": f"its name says so; {words}"}
    tier, sure = _by_flow(float(row["from_outside"]), height)
    if row["visits"] < FEW_VISITS:
        return {"team": row["team"], "tier": tier, "confidence": 0.3, "evidence": f"few visits to tell from; {words}"}
    return {"team": row["team"], "tier": tier, "confidence": sure, "evidence": words}


def _by_flow(from_outside: float, height: float) -> tuple[str, float]:
    """Front teams are L1; of the others, those that stand well above the middle of the climb are L3."""
    if from_outside >= ENTRY_SHARE:
        return "L1", min(0.95, 0.5 + abs(from_outside - ENTRY_SHARE))
    if height >= 1.0 and from_outside < 0.15:
        return "L3", min(0.9, 0.4 + (height - 1.0))
    return "L2", min(0.9, 0.4 + abs(1.0 - height) / 2)
