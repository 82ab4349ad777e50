"""Teams and agents: a share each with its interval, beside the share drawn to its tier's mean. In alphabetical order: no league
table, since most differences between small groups are chance."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import (
    FAINT,
    NEUTRAL,
    SMALL_GROUP,
    TIER_SYMBOLS,
    drawing,
    label,
    natural,
    percent_axis,
    tier_colour,
)
from analytics.charts.drawing import Drawing

SEEN_APART = 0.005
"""A share drawn to the mean is shown beside the share itself where they differ by half a point or more."""

MOST = 40
"""Names that one chart shows; those with the most visits are kept."""


def shown(frame: pd.DataFrame, who: str, whole: str, most: int = MOST) -> pd.DataFrame:
    """The rows with anything to take a share of, the busiest `most`, by tier and then by name."""
    seen = frame.loc[frame[whole].gt(0)]
    rows = seen.sort_values("visits", ascending=False).head(most)
    by_name = rows.sort_values(who, key=lambda names: names.map(natural))
    return by_name.sort_values("tier", na_position="last", kind="stable")


def profile(frame: pd.DataFrame, who: str, name: str, whole: str, words: str) -> go.Figure:
    """A row per name: the share with its interval, grey and hollow under 30; a diamond for the share drawn to the tier's mean.

    Reads `who` (team or agent), tier, NAME_share, NAME_share_low, _high, NAME_shrunk, NAME_mean and the column `whole`.
    """
    rows = shown(frame, who, whole)
    made = drawing(height=150 + 30 * max(1, len(rows)), top=56)
    for tier, some in rows.groupby("tier", dropna=False, sort=False):
        _dots(made, some, _names(some, who), name, whole, tier if isinstance(tier, str) else "no tier")
    _drawn(made, rows, _names(rows, who), name)
    top = float(rows[f"{name}_share_high"].max()) if len(rows) else 1.0
    made.update_xaxes(**percent_axis(words, top=min(1.0, top), room=0.04))
    order = list(reversed(_names(rows, who)))
    made.update_yaxes(gridcolor=FAINT, categoryorder="array", categoryarray=order, range=[-0.7, len(order) - 0.3])
    return made.figure()


def _names(rows: pd.DataFrame, who: str) -> list[str]:
    """Tier before the name: an agent may work in two tiers, and the tiers stand together."""
    tiers = ["no tier" if pd.isna(tier) else tier for tier in rows["tier"]]
    return [f"{tier} · {label(name, 26)}" for tier, name in zip(tiers, rows[who], strict=True)]


def _dots(made: Drawing, rows: pd.DataFrame, names: list[str], name: str, whole: str, tier: str) -> None:
    few = rows[whole] < SMALL_GROUP
    colours = [NEUTRAL if small else tier_colour(tier) for small in few]
    symbol = TIER_SYMBOLS.get(tier, "circle")
    share, low, high = (rows[f"{name}_share{end}"] for end in ("", "_low", "_high"))
    made.add_scatter(
        x=share, y=names, mode="markers", name=tier, cliponaxis=False,
        error_x={"array": high - share, "arrayminus": share - low, "symmetric": False, "color": NEUTRAL, "thickness": 1.5},
        marker={"size": 11, "color": colours, "line": {"width": 2, "color": colours},
                "symbol": [f"{symbol}-open" if small else symbol for small in few]},
        customdata=[
            [row, f"{numbers.share(a)} of {numbers.count(n)} (95 %: {numbers.interval(b, c)})"]
            for row, a, n, b, c in zip(rows.iloc[:, 0], share, rows[whole], low, high, strict=True)
        ],
        hovertemplate="%{y}: %{customdata[1]}<extra></extra>",
    )  # fmt: skip
    mean = float(rows[f"{name}_mean"].iloc[0])
    made.add_scatter(
        x=[mean] * len(names), y=names, mode="lines+markers", showlegend=False,
        line={"color": tier_colour(tier), "width": 1, "dash": "dot"},
        marker={"symbol": "line-ns", "size": 8, "line": {"width": 1, "color": tier_colour(tier)}},
        hovertemplate=f"all of {tier}: {numbers.share(mean)}<extra></extra>",
    )  # fmt: skip


def _drawn(made: Drawing, rows: pd.DataFrame, names: list[str], name: str) -> None:
    """Only where it is another number than the share itself: on large groups the two coincide."""
    differs = (rows[f"{name}_shrunk"] - rows[f"{name}_share"]).abs() >= SEEN_APART
    value, low, high = (rows.loc[differs, f"{name}_shrunk{end}"] for end in ("", "_low", "_high"))
    if len(value):
        made.add_scatter(
            x=value, y=[text for text, seen in zip(names, differs, strict=True) if seen], mode="markers",
            name="drawn to the tier's mean by size",
            marker={"symbol": "diamond-open", "size": 8, "color": "#B24A00", "line": {"width": 2}},
            customdata=[numbers.interval(a, b) for a, b in zip(low, high, strict=True)],
            hovertemplate="%{y}: %{x:.1%} drawn to the mean (95 %: %{customdata})<extra></extra>",
        )  # fmt: skip


def apart(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Those whose share, drawn to the mean, is still wholly on one side of the tier's mean."""
    low, high, mean = (frame[f"{name}_{end}"] for end in ("shrunk_low", "shrunk_high", "mean"))
    return frame[(low > mean) | (high < mean)]


def title(frame: pd.DataFrame, who: str, name: str, words: str) -> str:
    """How many differ clearly from their tier's mean. No name: the chart is for asking, not for blaming."""
    told = frame[frame[f"{name}_shrunk"].notna()]
    if told.empty:
        return f"{words}: too few {who}s in any tier to tell differences from chance"
    far = len(apart(told, name))
    if not far:
        return f"{words}: no {who} differs from its tier by more than chance"
    return (
        f"{words}: {numbers.count(far)} of {numbers.count(len(told))} {who}s differ from their tier by more than chance"
    )
