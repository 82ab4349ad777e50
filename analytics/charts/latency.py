"""How long handoffs wait: the curve of acknowledged shares, percentiles by pair and team, outcomes, hours of the week."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import (
    BLUES,
    FAINT,
    NEUTRAL,
    OTHER,
    SMALL_GROUP,
    TIER_COLOURS,
    TIER_DASHES,
    drawing,
    duration_axis,
    label,
    minutes_on_axis,
    natural,
    percent_axis,
    scale,
    see_through,
    target_line,
    tier_colour,
)
from analytics.charts.drawing import Drawing

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
    made = drawing(height=380)
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
    made.update_layout(margin={"t": 72}, legend={"y": 1.1})
    return made.figure()


def latency_by_group(frame: pd.DataFrame, target_minutes: float, most: int = 15) -> go.Figure:
    """Median and 90th percentile by pair or team, over the acknowledged only and over all (Kaplan-Meier).

    Dots on a logarithmic axis and no bars: a bar's length means nothing without a zero. A percentile that the curve does not
    reach is left out, and the table says so.
    """
    rows = frame.sort_values("handoffs", ascending=False).head(most).sort_values("km_p50_hours", na_position="last")
    names = [label(pair_name(start, end)) for start, end in zip(rows["from_key"], rows["to_key"], strict=True)]
    colours = [TIER_COLOURS.get(key, "#0072B2") for key in rows["to_key"]]
    made = drawing(height=130 + 34 * len(rows))
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
    made.update_layout(margin={"t": 100}, legend={"y": 1.0, "yref": "container", "yanchor": "top"})
    return made.figure()


_PERCENTILES = (
    ("p50_hours", "Median, acknowledged only", "circle-open"),
    ("km_p50_hours", "Median, all handoffs", "circle"),
    ("p90_hours", "90 %, acknowledged only", "diamond-open"),
    ("km_p90_hours", "90 %, all handoffs", "diamond"),
)


def _spans(made: Drawing, rows: pd.DataFrame, names: list[str]) -> None:
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
    made = drawing(height=150 + 38 * len(rows), top=66, barmode="stack")
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
    return made.figure()


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
    made = drawing(height=330)
    made.add_heatmap(
        z=heat, x=list(range(24)), y=list(WEEKDAYS), colorscale=scale(*(reversed(BLUES) if is_share else BLUES)), xgap=1, ygap=1,
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
    return made.figure()


def _colour_bar(heat, is_share: bool) -> dict:
    """Ticks in words on the colour bar."""
    import numpy as np

    bar: dict = {"thickness": 10, "outlinewidth": 0, "len": 0.9}
    if is_share:
        return bar | {"tickformat": ".0%"}
    ticks = [1, 10, 60, 480, 1440, 10080, 40320]
    low, high = (float(np.nanmin(heat)), float(np.nanmax(heat))) if np.isfinite(heat).any() else (0.0, 1.0)
    inside = [m for m in ticks if low - 0.02 <= np.log10(m) <= high + 0.02]
    return bar | {
        "tickvals": [float(np.log10(m)) for m in inside],
        "ticktext": [numbers.duration(m / 60) for m in inside],
    }


_FATES = (
    ("acknowledged_share", "Picked up", TIER_COLOURS["L1"], "solid"),
    ("left_share", "Gone again before that", TIER_COLOURS["L3"], "dot"),
)


def survival(frame: pd.DataFrame, target_minutes: float) -> go.Figure:
    """What became of one group's handoffs by the time since: picked up and gone (causes competing), and beside it
    Kaplan-Meier's picked up with its 95 % band.

    Reads wait_hours, still_waiting, still_waiting_low, still_waiting_high, acknowledged_share, left_share."""
    rows = frame[frame["wait_hours"] > 0]
    minutes = minutes_on_axis(rows["wait_hours"])
    words = [numbers.duration(hours) for hours in rows["wait_hours"]]
    made = drawing(height=400, hovermode="x unified")
    _band(made, minutes, 1 - rows["still_waiting_high"], 1 - rows["still_waiting_low"])
    made.add_scatter(
        x=minutes, y=1 - rows["still_waiting"], name="Picked up, had nobody left (Kaplan-Meier, 95 % band)", mode="lines",
        line={"color": TIER_COLOURS["L2"], "width": 2, "dash": "dash", "shape": "hv"},
        customdata=[numbers.share(1 - s) for s in rows["still_waiting"]],
        hovertemplate="had nobody left: %{customdata}<extra></extra>",
    )  # fmt: skip
    for column, name, colour, dash in _FATES:
        made.add_scatter(
            x=minutes, y=rows[column], name=name, mode="lines", line={"color": colour, "width": 2.5, "dash": dash, "shape": "hv"},
            customdata=[f"{numbers.share(share)} within {word}" for share, word in zip(rows[column], words, strict=True)],
            hovertemplate=f"{name.lower()}: %{{customdata}}<extra></extra>",
        )  # fmt: skip
    longest = float(rows["wait_hours"].max()) * 60 if len(rows) else 60.0
    made.update_xaxes(**duration_axis(longest, "Time since the handoff (logarithmic)"))
    made.update_yaxes(**percent_axis("Share of handoffs"))
    target_line(made, target_minutes, f" target {target_words(target_minutes)}")
    made.update_layout(margin={"t": 100}, legend={"y": 1.0, "yref": "container", "yanchor": "top"})
    return made.figure()


def _band(made: Drawing, x: pd.Series, low: pd.Series, high: pd.Series) -> None:
    for y, fill in ((low, None), (high, "tonexty")):
        made.add_scatter(
            x=x, y=y, mode="lines", line={"width": 0, "shape": "hv"}, fill=fill, showlegend=False, hoverinfo="skip",
            fillcolor=see_through(TIER_COLOURS["L2"], 0.2),
        )  # fmt: skip


def survival_title(frame: pd.DataFrame, target_minutes: float) -> str:
    """Share picked up within the target, and the share gone without that in the end."""
    if frame.empty:
        return "No handoff in this selection"
    inside = frame[frame["wait_hours"] <= target_minutes / 60 + 1e-9].iloc[-1]
    last = frame.iloc[-1]
    told = f"{numbers.share(inside['acknowledged_share'])} are picked up within {target_words(target_minutes)}"
    return f"{told}; {numbers.share(last['left_share'])} are gone again before anybody did"


def open_now(frame: pd.DataFrame, target_minutes: float, most: int = 15) -> go.Figure:
    """Handoffs that wait now by group: past the rule and still in time.

    Reads from_key, to_key, waiting, overdue, longest_hours. A click's `customdata` are both keys."""
    rows = frame.sort_values(["overdue", "waiting"], ascending=False).head(most)
    names = [label(pair_name(start, end)) for start, end in zip(rows["from_key"], rows["to_key"], strict=True)]
    made = drawing(height=130 + 38 * len(rows), barmode="stack")
    parts = (
        (rows["overdue"], f"waits longer than {target_words(target_minutes)}", TIER_COLOURS["L3"], "/"),
        (rows["waiting"] - rows["overdue"], "still in time", NEUTRAL, ""),
    )
    for values, name, colour, shape in parts:
        made.add_bar(
            x=values, y=names, orientation="h", name=name, customdata=list(zip(rows["from_key"], rows["to_key"], strict=True)),
            marker={"color": colour, "pattern": {"shape": shape, "solidity": 0.25}, "line": {"width": 0}},
            hovertemplate=f"%{{y}}: %{{x:,}} {name}<extra></extra>",
        )  # fmt: skip
    _name_longest(made, rows, names)
    top = float(rows["waiting"].max()) if len(rows) else 1.0
    made.update_xaxes(title={"text": "Handoffs waiting now"}, range=[0, 1.45 * top])
    made.update_yaxes(autorange="reversed", showgrid=False)
    made.update_layout(legend={"traceorder": "normal"})
    return made.figure()


def _name_longest(made: Drawing, rows: pd.DataFrame, names: list[str]) -> None:
    made.add_scatter(
        x=rows["waiting"], y=names, mode="text", showlegend=False, hoverinfo="skip", cliponaxis=False,
        textposition="middle right",
        text=[f" longest {numbers.duration(hours)}" for hours in rows["longest_hours"]],
    )  # fmt: skip


def open_title(frame: pd.DataFrame, target_minutes: float) -> str:
    """How many wait now, how many of them longer than the rule allows, and how many look forgotten."""
    waiting, overdue, stale = (int(frame[name].sum()) if len(frame) else 0 for name in ("waiting", "overdue", "stale"))
    if not waiting:
        return "No handoff is waiting to be picked up"
    told = f"{numbers.count(waiting)} handoffs wait to be picked up now, {numbers.count(overdue)} of them longer than"
    tail = f"; {numbers.count(stale)} had no event for 30 days" if stale else ""
    return f"{told} {target_words(target_minutes)}{tail}"


def team_matrix(frame: pd.DataFrame, most: int = 12) -> go.Figure:
    """Median wait over all handoffs from team to team (Kaplan-Meier), darker is longer. Reads from_key, to_key, handoffs,
    km_p50_hours; the busiest teams; under `FEW_HANDOFFS` blank. A click's `customdata` begins with both teams."""
    import numpy as np

    names = busiest(frame, most)
    kept = frame[frame["from_key"].isin(names) & frame["to_key"].isin(names) & (frame["handoffs"] >= FEW_HANDOFFS)]
    grid = kept.pivot_table(index="from_key", columns="to_key", values="km_p50_hours", dropna=False)
    grid = grid.reindex(index=names, columns=names)
    counts = kept.pivot_table(index="from_key", columns="to_key", values="handoffs").reindex(index=names, columns=names)
    values = grid.to_numpy(dtype=float)
    heat = np.log10(np.clip(values * 60, 1, None))
    short = [label(name, 22) for name in names]
    told = [
        [[start, end, numbers.duration(values[i, j]), numbers.count(counts.iloc[i, j])] for j, end in enumerate(names)]
        for i, start in enumerate(names)
    ]
    made = drawing(height=220 + 34 * len(names), top=12)
    made.add_heatmap(
        z=heat, x=short, y=short, colorscale=scale(*BLUES), xgap=2, ygap=2, hoverongaps=False, customdata=told,
        colorbar=_colour_bar(heat, False),
        hovertemplate="%{customdata[0]} → %{customdata[1]}: %{customdata[2]} · %{customdata[3]} handoffs<extra></extra>",
    )  # fmt: skip
    made.update_yaxes(autorange="reversed", showgrid=False, title={"text": "From"})
    made.update_xaxes(showgrid=False, title={"text": "To"}, tickangle=-40)
    return made.figure()


def busiest(frame: pd.DataFrame, most: int) -> list[str]:
    """The teams with the most handoffs given and received, in alphabetical order."""
    given, received = (frame.groupby(key)["handoffs"].sum() for key in ("from_key", "to_key"))
    most_handed = given.add(received, fill_value=0).sort_values(ascending=False).head(most)
    return sorted((str(name) for name in most_handed.index), key=natural)


def team_matrix_title(frame: pd.DataFrame) -> str:
    """The pair of teams with the longest median among those with enough handoffs."""
    rows = frame[(frame["handoffs"] >= SMALL_GROUP) & frame["km_p50_hours"].notna()]
    if rows.empty:
        return "Median wait from team to team"
    top = rows.sort_values("km_p50_hours").iloc[-1]
    return (
        f"Longest from {top['from_key']} to {top['to_key']}: half of {numbers.count(top['handoffs'])} handoffs wait "
        f"{numbers.duration(top['km_p50_hours'])} or more"
    )
