"""Charts of the staffing pages: people, work and waits over the horizon, rules, scenarios, shifts, the replay."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import NEUTRAL, drawing, label, percent_axis, see_through, tier_colour

MEASURES = {
    "work": "Work and capacity",
    "people": "People per week",
    "backlog": "Work left over",
    "wait": "Wait",
    "sla": "Deadlines kept",
    "cost": "Cost",
}
"""What the projection can show, by name."""

LINES = {
    "work": "Line: work that comes, with its 80 % band. Dotted: what the planned people can do, dashed: those to ask for",
    "people": "Bars: what each week alone asks for, striped: with what lies open now. Dotted: planned, dashed: to ask for",
    "backlog": "Line: left by the planned people, dashed: by those to ask for. Circles: simulated, with their 80 % band",
    "wait": "Line: with the planned people, dashed: with those to ask for. Circles: simulated",
    "sla": "Line: with the planned people, dashed: with those to ask for. Circles: simulated visits in time, with an 80 % band",
    "cost": "Line: planned people, with those to come and to go. Dashed: those to ask for",
}
"""What the lines of a projection are, by measure; where no people are planned, the team that is asked for is alone."""

_AXES = {  # no longer than a chart is high; the unit above it says it in full
    "work": "Hours of work per week",
    "people": "People",
    "backlog": "Hours of work left",
    "wait": "Working hours",
    "cost": "Cost per week",
}
_NOW, _ASKED = {"color": NEUTRAL, "dash": "dot", "shape": "hv"}, {"color": NEUTRAL, "dash": "dash", "shape": "hv"}


Trace = dict[str, Any]
"""A trace as Plotly has it in JSON. A chart here is made of these in one go: to add traces and to update axes one by one takes
three to six times as long, and a slider draws three to five charts."""


_AROUND = {"l": 8, "r": 16, "t": 34, "b": 8}
_FIXED = {"l": 58, "r": 8, "t": 10, "b": 26}
"""Room for the axes: as much as they need, which Plotly finds out by drawing twice; or fixed, where what they need is known."""


def _drawn(height: int, traces: Sequence[Trace], margin: Mapping[str, int] = _AROUND, **layout: Any) -> go.Figure:
    """The figure of these traces, for a chart that is drawn anew at every step of a slider. `layout` stands over the house's."""
    roomy = {"automargin": margin is not _FIXED}
    made = drawing(height, margin=dict(margin), xaxis=roomy, yaxis=roomy)
    made.traces = list(traces)
    made.update_layout(**layout)
    return made.figure()


def _band(x: Sequence[Any], low: Sequence[float], high: Sequence[float], colour: str, name: str) -> Trace:
    """A shaded band between two series."""
    return {
        "type": "scatter", "x": [*x, *reversed(x)], "y": [*high, *reversed(low)], "fill": "toself", "name": name,
        "fillcolor": see_through(colour, 0.2), "line": {"width": 0}, "hoverinfo": "skip",
    }  # fmt: skip


def projection(weeks: pd.DataFrame, tier: str, measure: str, simulated: pd.DataFrame | None = None) -> go.Figure:
    """One tier over the horizon under a plan. `weeks` has the columns of WEEK_COLUMNS, `planned` people's figures end in
    `_now`; `simulated` is the simulation's by week: backlog_hours and sla_share with _low, _high, and wait_p90_hours.

    Without a legend: three of these stand side by side, and four lines of legend left no room for the lines. LINES tells each.
    """
    colour = tier_colour(tier)
    told = {name: weeks[name].tolist() for name in weeks.columns}
    drawn = {"work": _work, "people": _people, "backlog": _backlog, "wait": _wait, "sla": _sla, "cost": _cost}
    traces = drawn[measure](told, colour)
    if simulated is not None and len(simulated) and measure in _SIMULATED:
        traces += _simulated(simulated, *_SIMULATED[measure])
    share = percent_axis("Share of futures", 1.0, room=0.06)
    yaxis = share if measure == "sla" else {"title": {"text": _AXES[measure]}, **_from_zero(traces)}
    xaxis = {"nticks": 3, "tickformat": "%-d %b", "tickangle": 0}
    stacked = {"barmode": "stack"} if measure == "people" else {}
    # the unit says what lines are
    return _drawn(236, traces, _FIXED, xaxis=xaxis, yaxis=yaxis, showlegend=False, **stacked)


def _from_zero(traces: Sequence[Trace]) -> dict[str, Any]:
    """An axis from 0 with a tenth of room above the highest line or stack, so that no line lies on the chart's edge."""
    bars = [np.asarray(trace["y"], dtype=float) for trace in traces if trace["type"] == "bar"]
    lines = [np.asarray(trace["y"], dtype=float) for trace in traces if trace["type"] != "bar"]
    every = np.concatenate([np.sum(bars, axis=0) if bars else [], *lines]) if bars or lines else np.zeros(1)
    top = float(every[np.isfinite(every)].max(initial=0.0))
    return {"range": [0, 1.1 * top if top > 0 else 1.0]}


def _line(told: Mapping[str, list[Any]], column: str, name: str, line: Mapping[str, Any]) -> list[Trace]:
    """A line over the weeks; none where the column knows nothing."""
    values = told.get(column, [])
    if all(pd.isna(value) for value in values):
        return []
    return [{"type": "scatter", "x": told["week"], "y": values, "name": name, "mode": "lines", "line": dict(line)}]


def _work(told: Mapping[str, list[Any]], colour: str) -> list[Trace]:
    return [
        _band(told["week"], told["work_hours_low"], told["work_hours_high"], colour, "80 % band"),
        *_line(told, "work_hours", "Comes", {"color": colour, "width": 2.4}),
        *_line(told, "capacity_hours_now", "Planned", _NOW),
        *_line(told, "capacity_hours", "Asked for", _ASKED),
    ]


def _people(told: Mapping[str, list[Any]], colour: str) -> list[Trace]:
    alone, more = told["headcount"], np.subtract(told["headcount_with_backlog"], told["headcount"]).tolist()
    shade = {"color": see_through(colour, 0.75)}
    traces = [{"type": "bar", "x": told["week"], "y": alone, "name": "Week alone", "marker": shade}]
    if max(more) > 0:
        striped = {"color": see_through(colour, 0.3), "pattern": {"shape": "/"}}
        traces.append({"type": "bar", "x": told["week"], "y": more, "name": "What lies open", "marker": striped})
    return [
        *traces,
        *_line(told, "headcount_now", "Planned", _NOW),
        *_line(told, "headcount_asked", "Asked for", _ASKED),
    ]


def _two_teams(column: str) -> Callable[[Mapping[str, list[Any]], str], list[Trace]]:
    """A measure with the planned people and with those to ask for."""

    def drawn(told: Mapping[str, list[Any]], colour: str) -> list[Trace]:
        planned = _line(told, f"{column}_now", "Planned", {"color": colour, "width": 2.4})
        return [*planned, *_line(told, column, "Asked for", _ASKED)]

    return drawn


_backlog, _wait, _sla, _cost = (_two_teams(c) for c in ("backlog_hours", "wait_p90_hours", "p_sla", "cost"))
_SIMULATED = {
    "backlog": ("backlog_hours", ("backlog_hours_low", "backlog_hours_high"), "Simulated, 80 %"),
    "wait": ("wait_p90_hours", None, ""),
    "sla": ("sla_share", ("sla_share_low", "sla_share_high"), "In time, simulated, 80 %"),
}
"""By measure: the column of the simulation, those of its band, and the band's name."""
_DOTS = {"symbol": "circle-open", "size": 7, "color": "#CC79A7", "line": {"width": 1.6}}


def _simulated(weeks: pd.DataFrame, column: str, ends: tuple[str, str] | None, name: str) -> list[Trace]:
    x, known = weeks["week"].tolist(), weeks[weeks[column].notna()]  # a week in which nothing ended has no band
    told = [known[end].tolist() for end in ends or ()]
    band = [_band(known["week"].tolist(), *told, "#CC79A7", name)] if ends else []
    dots = {
        "type": "scatter",
        "x": x,
        "y": weeks[column].tolist(),
        "name": "Simulated",
        "mode": "markers",
        "marker": _DOTS,
    }
    return [*band, dots]


def heads(tiers: pd.DataFrame) -> go.Figure:
    """People planned, in a typical week, to ask for (with its interval) and in the hardest week, by tier. Columns tier,
    headcount, its _low, _high, _now, _typical and _peak."""
    known = tiers["headcount_now"].notna()
    colours = [tier_colour(tier) for tier in tiers["tier"]]
    faint = [see_through(colour, 0.45) for colour in colours]
    planned = _bars(tiers[known], "headcount_now", "Planned", {"color": see_through(NEUTRAL, 0.55)}, "{:.1f}")
    asked = _bars(tiers, "headcount", "To ask for", {"color": colours}, "{:.0f}")
    asked["error_y"] = {
        "array": (tiers["headcount_high"] - tiers["headcount"]).tolist(),
        "arrayminus": (tiers["headcount"] - tiers["headcount_low"]).tolist(),
        "color": NEUTRAL,
    }
    traces = [
        *([planned] if bool(known.any()) else []),
        _bars(tiers, "headcount_typical", "Typical week", {"color": faint}, "{:.0f}"),
        asked,
        _bars(tiers, "headcount_peak", "Hardest week", {"color": faint, "pattern": {"shape": "/"}}, "{:.0f}"),
    ]
    tallest = float(tiers[["headcount_now", "headcount_high", "headcount_peak"]].astype(float).max().max())
    room = {"title": {"text": "People"}, "range": [0, 1.15 * max(tallest, 1.0)]}  # for the numbers above the bars
    return _drawn(340, traces, yaxis=room)


def _bars(rows: pd.DataFrame, column: str, name: str, marker: Mapping[str, Any], form: str) -> Trace:
    """Numbers stand above the bars, where they can be read on any ground; in the bar only where an interval is above it."""
    inside = column == "headcount"
    return {
        "type": "bar", "x": rows["tier"].tolist(), "y": rows[column].tolist(), "name": name, "marker": dict(marker),
        "textposition": "inside" if inside else "outside", "textangle": 0, "cliponaxis": False,
        "textfont": {"size": 11, "color": "white"} if inside else {"size": 11}, "constraintext": "none",
        "text": [form.format(n) for n in rows[column]], "hovertemplate": "%{x}: %{y}<extra>" + name + "</extra>",
    }  # fmt: skip


def rules(table: pd.DataFrame, chosen: str) -> go.Figure:
    """People by decision rule and tier. Columns rule (in words), tier, headcount; the chosen rule is darker."""
    traces = []
    for tier, rows in table.groupby("tier", sort=False):
        shades = [see_through(tier_colour(tier), 1.0 if rule == chosen else 0.45) for rule in rows["rule"]]
        # word under word: in one line three rules run into each other
        lines = [rule.replace("≥ ", "≥\u00a0").replace(" ", "<br>") for rule in rows["rule"]]
        traces.append({
            "type": "bar", "x": lines, "y": rows["headcount"].tolist(), "name": str(tier), "marker": {"color": shades},
            "textposition": "outside", "text": [f"{tier}<br>{n}" for n in rows["headcount"]], "cliponaxis": False,
            "showlegend": False,
        })  # fmt: skip
    xaxis = {"tickangle": 0}  # turned, they are cut off
    return _drawn(300, traces, xaxis=xaxis, yaxis={"title": {"text": "People"}, "rangemode": "tozero"})


def mixes(mix: pd.DataFrame, guide: Mapping[str, Sequence[float]]) -> go.Figure:
    """Shares by tier of people, work and resolved tickets, and those of a guide. Columns tier, headcount, work, resolved;
    `guide` has a row of shares by its name."""
    own = [("People to ask for", "headcount"), ("Work", "work"), ("Resolved", "resolved")]
    rows, traces = [name for name, _ in own] + list(guide), []
    for place, row in enumerate(mix.to_dict("records")):
        shares = [row[column] for _, column in own] + [g[place] if place < len(g) else 0.0 for g in guide.values()]
        shades = [see_through(tier_colour(row["tier"]), 1.0 if n < len(own) else 0.8) for n in range(len(rows))]
        traces.append({
            "type": "bar", "y": rows, "x": shares, "orientation": "h", "name": row["tier"], "marker": {"color": shades},
            "text": [f"{row['tier']} {numbers.share(part)}" for part in shares], "textposition": "inside",
            "insidetextanchor": "middle", "insidetextfont": {"color": "white"},
            "customdata": [numbers.share(part) for part in shares],
            "hovertemplate": "%{y}: %{customdata}<extra>" + str(row["tier"]) + "</extra>",
        })  # fmt: skip
    layout = {"barmode": "stack", "yaxis": {"autorange": "reversed"}, "showlegend": False}
    return _drawn(280, traces, xaxis=percent_axis("Share by tier"), **layout)


def replay(weeks: pd.DataFrame, tier: str, unit: str) -> go.Figure:
    """Observed against simulated by week. Columns week, observed, simulated; `unit` names the axis."""
    made, colour = drawing(250), tier_colour(tier)
    made.add_scatter(x=weeks["week"], y=weeks["observed"], name="Seen", mode="lines+markers", line={"color": colour})
    made.add_scatter(
        x=weeks["week"], y=weeks["simulated"], name="Model", mode="lines+markers",
        line={"color": NEUTRAL, "dash": "dash"}, marker={"symbol": "diamond"},
    )  # fmt: skip
    made.update_yaxes(title={"text": unit}, rangemode="tozero")
    return made.figure()


def tornado(table: pd.DataFrame) -> go.Figure:
    """Which input moves headcount most. Columns input, people_low, people_high, people (of the plan)."""
    rows = table.iloc[::-1]
    made, base = drawing(110 + 26 * len(rows)), float(table["people"].iloc[0])
    for column, name, shade in (("people_low", "At its low value", 0.45), ("people_high", "At its high value", 1.0)):
        made.add_bar(
            y=[label(text, 44) for text in rows["input"]], x=rows[column] - base, base=base, orientation="h", name=name,
            marker={"color": see_through("#0072B2", shade), "pattern": {"shape": "/" if shade < 1 else ""}},
            customdata=rows[column],
            hovertemplate="%{y}: %{customdata:.1f} people<extra>" + name + "</extra>",
        )  # fmt: skip
    made.line(x=base, color=NEUTRAL, dash="solid")
    made.update_layout(barmode="overlay")
    made.update_xaxes(title={"text": "People over all tiers, before rounding"})
    return made.figure()


def compared(table: pd.DataFrame) -> go.Figure:
    """People by scenario, stacked by tier. Columns scenario, tier, headcount."""
    made = drawing(120 + 40 * table["scenario"].nunique())
    for tier, rows in table[table["tier"] != "all"].groupby("tier", sort=False):
        made.add_bar(
            y=[label(name, 28) for name in rows["scenario"]], x=rows["headcount"], orientation="h", name=str(tier),
            marker={"color": tier_colour(tier)}, text=[f"{tier} {n:.0f}" for n in rows["headcount"]],
            textposition="inside", insidetextanchor="middle",
        )  # fmt: skip
    made.update_layout(barmode="stack", yaxis={"autorange": "reversed"}, showlegend=False)
    made.update_xaxes(title={"text": "People to ask for"})
    return made.figure()


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def week_heatmap(hours: np.ndarray, title: str, most: float, hover: Sequence[str] | None = None) -> go.Figure:
    """People by weekday and hour from 168 values, Monday 0:00 first; hours without any are left white. `most` is the end
    of the colour scale, the same for charts that are compared; `hover` is a text per hour."""
    grid = np.asarray(hours, dtype=float).reshape(7, 24)
    shown = np.flatnonzero((grid > 0).any(axis=0))
    first, last = (int(shown[0]), int(shown[-1]) + 1) if shown.size else (8, 18)
    part = grid[:, first:last]
    made = drawing(300)
    made.add_heatmap(
        z=np.where(part > 0, part, np.nan), x=[f"{hour}:00" for hour in range(first, last)], y=list(_DAYS), zmin=0, zmax=most,
        colorscale=[[0, "#E3EEF6"], [1, "#0072B2"]], colorbar={"title": {"text": title}, "thickness": 12},
        text=[[f"{value:.3g}" if value > 0 else "" for value in row] for row in part], texttemplate="%{text}",
        customdata=None if hover is None else np.array(list(hover), dtype=object).reshape(7, 24)[:, first:last],
        hovertemplate="%{y} %{x}: " + ("%{customdata}" if hover is not None else "%{z:.3g}") + "<extra></extra>",
    )  # fmt: skip
    made.update_yaxes(autorange="reversed")
    return made.figure()
