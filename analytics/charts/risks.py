"""Which open tickets will miss their target, and how far such predictions could be trusted so far."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import NEUTRAL, SMALL_GROUP, TIER_COLOURS, drawing, percent_axis, tier_bars, word_axis

BANDS = ((0.0, 0.1, "under 10 %"), (0.1, 0.3, "10–30 %"), (0.3, 0.6, "30–60 %"), (0.6, 1.0, "60 % and more"))
"""Bands of P(breach) of tickets that are not late yet."""

LATE, UNKNOWN = "late already", "cannot be told"
ORDER = [words for _, _, words in BANDS] + [LATE, UNKNOWN]


def banded(risks: pd.DataFrame) -> pd.DataFrame:
    """Open tickets with the band of their P(breach). Reads p_breach, already_breached; adds band."""
    band = pd.Series(UNKNOWN, index=risks.index)
    for low, high, words in BANDS:
        band[(risks["p_breach"] >= low) & ((risks["p_breach"] < high) | (high == 1.0))] = words
    band[risks["already_breached"].astype(bool)] = LATE
    return risks.assign(band=band)


def bands(risks: pd.DataFrame) -> go.Figure:
    """Open tickets by band, side by side for the tiers. Reads tier, band. A click's `customdata` is the tier."""
    counts = risks.assign(tier=risks["tier"].fillna("no tier")).groupby(["tier", "band"]).size()
    made = drawing(height=340, barmode="group")
    for tier in dict.fromkeys(counts.index.get_level_values(0)):
        values = counts[tier].reindex(ORDER, fill_value=0)
        made.add_bar(
            x=ORDER, y=values, name=str(tier), customdata=[str(tier)] * len(ORDER), **tier_bars(tier, values),
            hovertemplate=f"{tier}, %{{x}}: %{{y:,}} open tickets<extra></extra>",
        )  # fmt: skip
    made.update_yaxes(title={"text": "Open tickets"}, rangemode="tozero")
    made.update_xaxes(title={"text": "Chance of missing the target"}, **word_axis(ORDER))
    return made.figure()


def bands_title(risks: pd.DataFrame) -> str:
    """How many are late already, and how many more are expected to be."""
    late = int(risks["already_breached"].astype(bool).sum())
    ahead = risks.loc[~risks["already_breached"].astype(bool), "p_breach"].dropna()
    told = f"{numbers.count(late)} of {numbers.count(len(risks))} open tickets are late already"
    return f"{told}; of the other {numbers.count(len(ahead))}, {numbers.count(ahead.sum())} are expected to miss their target"


def calibration(frame: pd.DataFrame) -> go.Figure:
    """Predicted against what came, a dot per tenth with its 95 % interval; on the line a prediction means what it says.

    Reads open_tickets, predicted, observed, observed_low, observed_high.
    """
    made = drawing(height=340)
    made.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="as predicted", hoverinfo="skip",
        line={"color": NEUTRAL, "dash": "dash", "width": 1.5},
    )  # fmt: skip
    few = frame["open_tickets"] < SMALL_GROUP
    colours = [NEUTRAL if small else TIER_COLOURS["L1"] for small in few]
    made.add_scatter(
        x=frame["predicted"], y=frame["observed"], mode="markers", name="what came, 95 % interval", cliponaxis=False,
        error_y={"array": frame["observed_high"] - frame["observed"], "symmetric": False, "color": NEUTRAL, "thickness": 1.5,
                 "arrayminus": frame["observed"] - frame["observed_low"]},
        marker={"size": 11, "color": colours, "line": {"width": 2, "color": colours},
                "symbol": ["circle-open" if small else "circle" for small in few]},
        customdata=[numbers.count(n) for n in frame["open_tickets"]],
        hovertemplate="predicted %{x:.0%}, came %{y:.0%} of %{customdata} open tickets<extra></extra>",
    )  # fmt: skip
    made.update_xaxes(**percent_axis("Predicted chance", room=0.04))
    made.update_yaxes(**percent_axis("Share that was late in the end", room=0.04))
    return made.figure()


def calibration_title(frame: pd.DataFrame) -> str:
    """How far apart predicted and observed were, weighed by size, and against always saying the mean."""
    gap = (frame["open_tickets"] * (frame["predicted"] - frame["observed"]).abs()).sum() / frame["open_tickets"].sum()
    score, base = float(frame["brier"].iloc[0]), float(frame["brier_base"].iloc[0])
    told = f"Such predictions were {100 * gap:.1f} points off on average"
    if not base > 0:
        return told
    better = 1 - score / base
    if better <= 0:
        return f"{told}, and no better than always saying the mean: do not rely on them here"
    return f"{told}; their error is {numbers.share(better)} smaller than that of always saying the mean"
