"""How long handoffs wait: the curve of acknowledged shares, percentiles by pair and team, outcomes, hours of the week."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import (
    FAINT,
    NEUTRAL,
    OTHER,
    TIER_COLOURS,
    TIER_DASHES,
    duration_axis,
    figure,
    label,
    minutes_on_axis,
    percent_axis,
    target_line,
    tier_colour,
)

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FEW_HANDOFFS = 5
"""Hours of the week with fewer handoffs than this show no median."""


def pair_name(from_key: str, to_key: str) -> str:
    """What a group of handoffs is called: "L1 → L2", "to L2", or "all handoffs"."""
    if to_key == "all":
        return "all handoffs"
    return f"to {to_key}" if from_key == "any" else f"{from_key} → {to_key}"


def target_words(target_minutes: float) -> str:
    """A target as a person says it: 30 min, 4 h."""
    return numbers.duration(target_minutes / 60)


def latency_curve(frame: pd.DataFrame, target_minutes: float) -> go.Figure:
    """Share acknowledged by time since the handoff, a line per group. Reads from_key, to_key, wait_hours, acknowledged_share."""
    made = figure(height=380)
    for start, end in frame[["from_key", "to_key"]].drop_duplicates().itertuples(index=False):
        rows = frame[(frame["from_key"] == start) & (frame["to_key"] == end)]
        made.add_scatter(
            x=minutes_on_axis(rows["wait_hours"]), y=rows["acknowledged_share"], name=label(pair_name(start, end)),
            mode="lines", line={"color": tier_colour(end), "width": 2.5, "dash": TIER_DASHES.get(start, "solid")},
            text=[numbers.duration(hours) for hours in rows["wait_hours"]],
            hovertemplate="%{fullData.name}: %{y:.0%} acknowledged within %{text}<extra></extra>",
        )  # fmt: skip
    longest = frame["wait_hours"].max() * 60 if len(frame) else 60.0
    made.update_xaxes(**duration_axis(longest, "Time since the handoff (logarithmic)"))
    made.update_yaxes(**percent_axis("Share of handoffs acknowledged"))
    target_line(made, target_minutes, f" target {target_words(target_minutes)}")
    made.update_layout(margin={"t": 60}, legend={"y": 1.1})
    return made


def latency_by_group(frame: pd.DataFrame, target_minutes: float, most: int = 15) -> go.Figure:
    """Median and 90th percentile by pair or team, over the acknowledged only and over all (Kaplan-Meier).

    Dots on a logarithmic axis and no bars: a bar's length means nothing without a zero. A percentile that the curve does not
    reach is left out, and the table says so.
    """
    rows = frame.sort_values("handoffs", ascending=False).head(most).sort_values("km_p50_hours", na_position="last")
    names = [label(pair_name(start, end)) for start, end in zip(rows["from_key"], rows["to_key"], strict=True)]
    colours = [TIER_COLOURS.get(key, "#0072B2") for key in rows["to_key"]]
    made = figure(height=130 + 34 * len(rows))
    _spans(made, rows, names)
    for column, name, symbol in _PERCENTILES:
        made.add_scatter(
            x=minutes_on_axis(rows[column]), y=names, mode="markers", name=name,
            marker={"symbol": symbol, "size": 12, "color": colours, "line": {"width": 2, "color": colours}},
            text=[numbers.duration(hours) for hours in rows[column]],
            hovertemplate="%{y}, %{fullData.name}: %{text}<extra></extra>",
        )  # fmt: skip
    longest = float(rows[[column for column, _, _ in _PERCENTILES]].max().max() * 60) if len(rows) else 60.0
    made.update_xaxes(**duration_axis(longest, "Wait until acknowledged (logarithmic)"))
    made.update_yaxes(gridcolor=FAINT, categoryorder="array", categoryarray=list(reversed(names)))
    target_line(made, target_minutes, f" target {target_words(target_minutes)}")
    made.update_layout(margin={"t": 84}, legend={"y": 1.0, "yref": "container", "yanchor": "top"})
    return made


_PERCENTILES = (
    ("p50_hours", "Median, acknowledged only", "circle-open"),
    ("km_p50_hours", "Median, all handoffs", "circle"),
    ("p90_hours", "90 %, acknowledged only", "diamond-open"),
    ("km_p90_hours", "90 %, all handoffs", "diamond"),
)


def _spans(made: go.Figure, rows: pd.DataFrame, names: list[str]) -> None:
    """A thin line from the smallest to the largest percentile of each group."""
    values = rows[[column for column, _, _ in _PERCENTILES]]
    x: list[float | None] = []
    y: list[str | None] = []
    for name, low, high in zip(
        names, minutes_on_axis(values.min(axis=1)), minutes_on_axis(values.max(axis=1)), strict=True
    ):
        x += [low, high, None]
        y += [name, name, None]
    made.add_scatter(x=x, y=y, mode="lines", line={"color": NEUTRAL, "width": 1.5}, hoverinfo="skip", showlegend=False)


def latency_outcomes(frame: pd.DataFrame, target_minutes: float, most: int = 15) -> go.Figure:
    """What became of handoffs by pair: acknowledged, never acknowledged there, waiting now; a mark for the share in time.

    The mark's share leaves out open handoffs younger than the target (they can still be in time), the bars leave out none.
    """
    rows = outcomes(frame).head(most)
    names = [label(name) for name in rows["group"]]
    made = figure(height=130 + 38 * len(rows), barmode="stack")
    for column, name, colour, shape in _OUTCOMES:
        shares = rows[column] / rows["handoffs"]
        made.add_bar(
            x=shares, y=names, orientation="h", name=name, customdata=rows[[column]],
            marker={"color": colour, "pattern": {"shape": shape, "solidity": 0.25}, "line": {"width": 0}},
            hovertemplate="%{y}, %{fullData.name}: %{x:.1%} (%{customdata[0]:,} handoffs)<extra></extra>",
        )  # fmt: skip
    made.add_scatter(
        x=rows["share_within_target"], y=names, mode="markers", name=f"within {target_words(target_minutes)}",
        marker={"symbol": "diamond-tall", "size": 14, "color": "white", "line": {"width": 1.5, "color": "#1B2430"}},
        hovertemplate="%{y}: %{x:.1%} in time<extra></extra>",
    )  # fmt: skip
    made.update_layout(legend={"traceorder": "normal"})
    made.update_xaxes(**percent_axis("Share of handoffs", room=0))
    made.update_yaxes(autorange="reversed", showgrid=False)
    return made


_OUTCOMES = (
    ("acknowledged", "acknowledged", "#0072B2", ""),
    ("left", "left before that", NEUTRAL, "/"),
    ("waiting", "waiting now", OTHER, "x"),
)


def outcomes(frame: pd.DataFrame) -> pd.DataFrame:
    """Counts of handoffs by what became of them: group, handoffs, acknowledged, left, waiting; the three add up to handoffs."""
    told = pd.DataFrame({
        "group": [pair_name(a, b) for a, b in zip(frame["from_key"], frame["to_key"], strict=True)],
        "handoffs": frame["handoffs"],
        "acknowledged": frame["acknowledged"],
        "left": frame["unacknowledged"] - frame["still_open"],
        "waiting": frame["still_open"],
        "share_within_target": frame["share_within_target"],
    })  # fmt: skip
    return told.sort_values("handoffs", ascending=False).reset_index(drop=True)


def latency_heatmap(frame: pd.DataFrame, shown: str = "p50_hours") -> go.Figure:
    """Hours of the week: the median wait (logarithmic colours) or the share in time. Reads weekday, hour, handoffs, `shown`."""
    import numpy as np

    rows = frame[frame["handoffs"] >= FEW_HANDOFFS]
    grid = rows.pivot_table(index="weekday", columns="hour", values=shown).reindex(index=range(7), columns=range(24))
    counts = frame.pivot_table(index="weekday", columns="hour", values="handoffs").reindex(
        index=range(7), columns=range(24)
    )
    is_share = shown.startswith("share")
    values = grid.to_numpy(dtype=float)
    heat = values if is_share else np.log10(np.clip(values * 60, 1, None))
    words = numbers.share if is_share else numbers.duration
    made = figure(height=330)
    made.add_heatmap(
        z=heat, x=list(range(24)), y=list(WEEKDAYS), colorscale=_SCALE if not is_share else _SCALE[::-1], xgap=1, ygap=1,
        zmin=0 if is_share else None, zmax=1 if is_share else None, hoverongaps=False,
        customdata=np.dstack([np.vectorize(words)(values), np.vectorize(numbers.count)(counts.to_numpy(dtype=float))]),
        hovertemplate="%{y} %{x}:00 – %{x}:59: %{customdata[0]} · %{customdata[1]} handoffs<extra></extra>",
        colorbar=_colour_bar(heat, is_share),
    )  # fmt: skip
    made.update_yaxes(autorange="reversed", showgrid=False)
    made.update_xaxes(
        title={"text": "Hour of the day at the handoff (local time)"},
        showgrid=False,
        tickvals=list(range(0, 24, 6)),
        ticktext=[f"{hour:02d}:00" for hour in range(0, 24, 6)],
    )
    return made


_SCALE = ["#DCEAF4", "#9CC4DF", "#4F95C4", "#0072B2", "#123F63"]


def _colour_bar(heat, is_share: bool) -> dict:
    """Ticks in words on the colour bar."""
    import numpy as np

    bar: dict = {"thickness": 10, "outlinewidth": 0, "len": 0.9}
    if is_share:
        return bar | {"tickformat": ".0%"}
    ticks = [1, 5, 30, 60, 240, 480, 1440, 4320, 10080, 40320]
    low, high = (float(np.nanmin(heat)), float(np.nanmax(heat))) if np.isfinite(heat).any() else (0.0, 1.0)
    inside = [m for m in ticks if low - 0.02 <= np.log10(m) <= high + 0.02]
    return bar | {
        "tickvals": [float(np.log10(m)) for m in inside],
        "ticktext": [numbers.duration(m / 60) for m in inside],
    }
