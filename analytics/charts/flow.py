"""How far tickets climb: the nested funnel, the way step by step, the paths, the routing matrix."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import (
    NEUTRAL,
    OTHER,
    SMALL_GROUP,
    TIER_COLOURS,
    drawing,
    label,
    see_through,
    tier_colour,
)
from analytics.charts.drawing import Drawing

LAST_HOP = 4
"""Hops that the flow chart shows one by one; what comes later is one column."""

_ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}
_ENDS = {"resolved": "resolved", "cancelled": "cancelled", "open": "still open"}
END_COLOURS = {"resolved": NEUTRAL, "cancelled": OTHER, "open": "#C17D00"}


def escalation_funnel(frame: pd.DataFrame) -> go.Figure:
    """Nested counts by tier. Reads tier, tickets, share_of_start, share_of_previous; the first step has no previous one."""
    steps = [reached(tier, n == 0) for n, tier in enumerate(frame["tier"])]
    made = drawing(height=90 + 78 * len(frame), top=8)
    made.add_funnel(
        x=frame["tickets"],
        y=steps,
        textinfo="none",
        customdata=[text.replace("<br>", " · ") for text in _funnel_texts(frame)],
        marker={"color": [tier_colour(tier) for tier in frame["tier"]]},
        connector={"fillcolor": see_through(NEUTRAL, 0.16)},
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    beside = {"x": 0.62, "xref": "paper", "xanchor": "left", "align": "left", "font": {"size": 14}}
    made.write([beside | {"y": step, "text": text} for step, text in zip(steps, _funnel_texts(frame), strict=True)])
    made.update_yaxes(showgrid=False)
    made.update_xaxes(visible=False, domain=[0, 0.6])
    return made.figure()


def reached(tier: str, first: bool) -> str:
    """What a step of the funnel counts, in words."""
    return "All tickets" if first else f"Reached {tier}"


def _funnel_texts(frame: pd.DataFrame) -> list[str]:
    texts = []
    below = ""
    for n, row in enumerate(frame.to_dict("records")):
        text = f"{numbers.count(row['tickets'])} tickets"
        if n:
            text += f"<br>{numbers.share(row['share_of_start'])} of all"
        if n > 1:
            text += f"<br>{numbers.share(row['share_of_previous'])} of {below}"
        texts.append(text)
        below = row["tier"]
    return texts


@dataclass
class _Flow:
    """Nodes of a flow chart while it is being laid out: `hops` is the column, `sizes` the tickets that pass."""

    last: int
    names: list[str] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)
    hops: list[int] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    numbers: dict[tuple[int, str], int] = field(default_factory=dict)

    def node(self, hop: int, what: str) -> int:
        """The number of a node: a tier at a hop, or an end reached after it."""
        key = (hop, what)
        if key not in self.numbers:
            self.numbers[key] = len(self.names)
            self.names.append(_ENDS.get(what) or f"{what} · {_ordinal(hop, self.last)}")
            self.colours.append(END_COLOURS.get(what) or tier_colour(what))
            self.hops.append(hop)
            self.sizes.append(0.0)
        return self.numbers[key]

    def column(self, hop: int) -> list[int]:
        """The nodes of a column from top to bottom: ends first, then the tiers in order."""
        here = [(_rank(what), number) for (at, what), number in self.numbers.items() if at == hop]
        return [number for _, number in sorted(here)]


def _rank(what: str) -> tuple[int, str]:
    return (list(_ENDS).index(what) if what in _ENDS else len(_ENDS), what)


def _ordinal(hop: int, last: int) -> str:
    return f"{_ORDINALS.get(hop, f'{hop}th')}{' +' if hop > last else ''}"


def drawn(frame: pd.DataFrame, last_hop: int = LAST_HOP) -> pd.DataFrame:
    """The rows that the flow chart draws: up to `last_hop`, at least `LEAST_DRAWN` of the tickets."""
    start = frame.loc[frame["hop"] == 1, "visits"].sum()
    return frame.loc[(frame["hop"] <= last_hop) & (frame["visits"] >= LEAST_DRAWN * start)]


def hop_flow(frame: pd.DataFrame, last_hop: int = LAST_HOP) -> go.Figure:
    """Sankey unrolled by hop, since a bounce is a cycle: L1 · 1st → L2 · 2nd → … Reads hop, tier, next, visits.

    Hops later than `last_hop` are one column of visits that is not followed further.
    """
    rows, flow = drawn(frame, last_hop), _Flow(last_hop)
    sources = [flow.node(int(row["hop"]), str(row["tier"])) for row in rows.to_dict("records")]
    targets = [flow.node(int(row["hop"]) + 1, str(row["next"])) for row in rows.to_dict("records")]
    _measure(flow, sources, targets, rows["visits"].tolist())
    made = drawing(height=_FLOW_PIXELS + 40, top=28)
    across, down = _across(flow), _heights(flow, sources, targets)
    made.add_sankey(
        arrangement="fixed",
        node={
            "label": [""] * len(flow.names),
            "customdata": flow.names, "color": flow.colours, "pad": _PAD_PIXELS,
            "thickness": 14, "align": "left", "line": {"width": 0}, "x": across,
            "y": [centre / _FLOW_PIXELS for centre, _ in down],
            "hovertemplate": "%{customdata}: %{value:,.0f} tickets<extra></extra>",
        },
        link={
            "source": sources, "target": targets, "value": rows["visits"].tolist(),
            "color": [see_through(flow.colours[target], 0.35) for target in targets],
            "hovertemplate": "%{source.customdata} → %{target.customdata}: %{value:,.0f} tickets<extra></extra>",
        },
    )  # fmt: skip
    _name_nodes(made, flow, across, [top for _, top in down])
    made.update_layout(margin={"b": 12})
    return made.figure()


def _across(flow: _Flow) -> list[float]:
    """Horizontal positions 0-1 of the nodes: one column per hop."""
    depth = max([*flow.hops, 2]) - 1
    return [min(0.999, max(0.001, (hop - 1) / depth)) for hop in flow.hops]


def _name_nodes(made: Drawing, flow: _Flow, across: list[float], tops: list[float]) -> None:
    """Names above the nodes. Plotly's own labels lie on the flows that leave a node and cannot be read there."""
    above = {"xref": "paper", "yref": "paper", "yanchor": "bottom", "font": {"size": 12}, "yshift": -1}
    notes = [
        above | {"x": x, "y": 1 - top / _FLOW_PIXELS, "text": name,
                 "xanchor": "left" if x < 0.01 else "right" if x > 0.99 else "center"}
        for name, x, top in zip(flow.names, across, tops, strict=True)
    ]  # fmt: skip
    made.write(notes)


LEAST_DRAWN = 0.001
"""Flows of a smaller share of the tickets than this are left to the table: as hairlines they only cross out the labels."""

_FLOW_PIXELS, _PAD_PIXELS = 440, 24


def _measure(flow: _Flow, sources: list[int], targets: list[int], visits: list[float]) -> None:
    """Sizes of the nodes: what comes in or what goes out, whichever is more."""
    going, coming = [0.0] * len(flow.names), [0.0] * len(flow.names)
    for source, target, passing in zip(sources, targets, visits, strict=True):
        going[source] += passing
        coming[target] += passing
    flow.sizes = [max(pair) for pair in zip(going, coming, strict=True)]


def _heights(flow: _Flow, sources: list[int], targets: list[int]) -> list[tuple[float, float]]:
    """Centre and top of each node in pixels from above: stacked without overlap, each column near to where its tickets come from.

    The scale is Plotly's own: pixels per ticket such that the fullest column fits with its gaps.
    """
    columns = [flow.column(hop) for hop in sorted(set(flow.hops))]
    scale = min((_scale(flow, column) for column in columns), default=1.0)
    placed = [(0.0, 0.0)] * len(flow.names)
    for column in columns:
        tall = [max(flow.sizes[number] * scale, 2.0) for number in column]
        block = sum(tall) + _PAD_PIXELS * (len(column) - 1)
        came_from = [placed[s][0] for s, t in zip(sources, targets, strict=True) if t in column]
        middle = sum(came_from) / len(came_from) if came_from else _FLOW_PIXELS / 2
        top = min(max(middle - block / 2, 0.0), max(_FLOW_PIXELS - block, 0.0))
        for number, height in zip(column, tall, strict=True):
            placed[number] = (top + height / 2, top)
            top += height + _PAD_PIXELS
    return placed


def _scale(flow: _Flow, column: list[int]) -> float:
    return (_FLOW_PIXELS - _PAD_PIXELS * (len(column) - 1)) / max(sum(flow.sizes[number] for number in column), 1)


def top_paths(frame: pd.DataFrame, most: int = 8) -> go.Figure:
    """Bars of the most frequent tier paths. Reads path, tickets; the share is of all tickets with a tier."""
    rows, total = frame.head(most), frame["tickets"].sum()
    made = drawing(height=90 + 30 * len(rows))
    made.add_bar(
        x=rows["tickets"], y=[label(path.replace(">", " → "), 44) for path in rows["path"]], orientation="h",
        marker={"color": [tier_colour(path.rsplit(">", 1)[-1]) for path in rows["path"]]},
        text=[f"{numbers.count(n)} · {numbers.share(n / total)}" for n in rows["tickets"]], textposition="auto",
        insidetextfont={"color": "white"}, cliponaxis=False, hovertemplate="%{y}: %{text} of tickets<extra></extra>",
    )  # fmt: skip
    made.update_xaxes(title={"text": "Tickets"}, range=[0, rows["tickets"].max() * 1.22 if len(rows) else 1])
    made.update_yaxes(autorange="reversed", showgrid=False)
    return made.figure()


def routing_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Routing as a matrix: one row per tier, one column per next tier and `resolved`; each row sums to 1."""
    tiers = sorted(set(frame["tier"]) | set(frame["next"]) - {"resolved"})
    wide = frame.pivot_table(index="tier", columns="next", values="share", aggfunc="sum", fill_value=0.0)
    return wide.reindex(index=[t for t in tiers if t in wide.index], columns=[*tiers, "resolved"], fill_value=0.0)


def routing_matrix(frame: pd.DataFrame) -> go.Figure:
    """Heat table of where visits to a tier end: the next tier, or ended there. Reads tier, next, visits, share, share_low,
    share_high. A row of few visits is grey."""
    wide = routing_table(frame)
    names = ["ended here" if to == "resolved" else f"to {to}" for to in wide.columns]
    made = drawing(height=104 + 84 * len(wide))
    made.add_heatmap(
        z=wide.to_numpy(), x=names, y=[f"from {tier}" for tier in wide.index], showscale=False, xgap=3, ygap=3, zmin=0, zmax=1,
        colorscale=[[0, see_through(TIER_COLOURS["L1"], 0.07)], [1, see_through(TIER_COLOURS["L1"], 0.5)]],
        customdata=list(wide.index), hovertemplate="%{y} %{x}: %{z:.1%} of visits<extra></extra>",
    )  # fmt: skip
    cells = {(row["tier"], row["next"]): row for row in frame.to_dict("records")}
    notes = [
        _note(name, f"from {tier}", _cell(cells.get((tier, to)), visits), faint=visits < SMALL_GROUP)
        for tier, visits in _ended(frame).items()
        for name, to in zip(names, wide.columns, strict=True)
        if tier != to
    ]
    made.write(notes)
    made.update_yaxes(autorange="reversed", showgrid=False)
    made.update_xaxes(side="top", showgrid=False)
    return made.figure()


def _ended(frame: pd.DataFrame) -> dict[str, int]:
    """Visits that have ended, by tier."""
    return {str(tier): int(rows["visits"].sum()) for tier, rows in frame.groupby("tier")}


def _cell(row: dict | None, visits: int) -> str:
    """A share with its interval; what never happened has the interval of none of so many."""
    if row is None:
        return f"0 %<br><span style='font-size:11px'>none of {numbers.count(visits)}</span>"
    spread = numbers.interval(row["share_low"], row["share_high"])
    return f"{numbers.share(row['share'])}<br><span style='font-size:11px'>{spread}</span>"


def _note(x: str, y: str, text: str, *, faint: bool) -> dict:
    """Text on a cell, as an annotation and not as the heatmap's own: that one keeps its colour when the mode changes."""
    font = {"size": 14, "color": NEUTRAL} if faint else {"size": 14}
    return {"x": x, "y": y, "text": text, "font": font}


def few_visits(frame: pd.DataFrame) -> str:
    """Names the tiers of whose rows the shares say little; empty where there is none."""
    small = [f"{tier} ({numbers.count(n)})" for tier, n in _ended(frame).items() if n < SMALL_GROUP]
    return f"Grey: under {SMALL_GROUP} visits have ended in {', '.join(small)}." if small else ""
