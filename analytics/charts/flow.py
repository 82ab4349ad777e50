"""How far tickets climb: the nested funnel, the way step by step, the paths, the routing matrix."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import NEUTRAL, OTHER, figure, label, see_through, tier_colour

LAST_HOP = 4
"""Hops that the flow chart shows one by one; what comes later is one column."""

_ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}
_ENDS = {"resolved": "resolved", "cancelled": "cancelled", "open": "still open"}
_END_COLOURS = {"resolved": NEUTRAL, "cancelled": OTHER, "open": "#E69F00"}


def escalation_funnel(frame: pd.DataFrame) -> go.Figure:
    """Nested counts by tier. Reads tier, tickets, share_of_start, share_of_previous; the first step has no previous one."""
    made = figure(height=120 + 74 * len(frame))
    made.add_funnel(
        x=frame["tickets"], y=[reached(tier, n == 0) for n, tier in enumerate(frame["tier"])],
        text=_funnel_texts(frame), textinfo="text", textposition="auto",
        marker={"color": [tier_colour(tier) for tier in frame["tier"]]}, textfont={"size": 14},
        insidetextfont={"color": "white"}, connector={"fillcolor": see_through(NEUTRAL, 0.16)},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )  # fmt: skip
    made.update_yaxes(showgrid=False)
    made.update_xaxes(visible=False)
    return made


def reached(tier: str, first: bool) -> str:
    """What a step of the funnel counts, in words."""
    return "All tickets" if first else f"Reached {tier}"


def _funnel_texts(frame: pd.DataFrame) -> list[str]:
    texts = []
    for n, row in enumerate(frame.to_dict("records")):
        text = f"{numbers.count(row['tickets'])} tickets"
        if n:
            text += f"<br>{numbers.share(row['share_of_start'])} of all"
        if n > 1:
            text += f" · {numbers.share(row['share_of_previous'])} of the step before"
        texts.append(text)
    return texts


@dataclass
class _Flow:
    """Nodes and links of a flow chart while it is being laid out."""

    last: int
    names: list[str] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)
    columns: list[float] = field(default_factory=list)
    numbers: dict[tuple[int, str], int] = field(default_factory=dict)

    def node(self, hop: int, what: str) -> int:
        """The number of a node: a tier at a hop, or an end reached after it."""
        key = (hop, what)
        if key not in self.numbers:
            self.numbers[key] = len(self.names)
            self.names.append(_ENDS.get(what) or f"{what} · {_ordinal(hop, self.last)}")
            self.colours.append(_END_COLOURS.get(what) or tier_colour(what))
            self.columns.append(hop)
        return self.numbers[key]


def _ordinal(hop: int, last: int) -> str:
    return f"{_ORDINALS.get(hop, f'{hop}th')}{' or later' if hop > last else ''}"


def hop_flow(frame: pd.DataFrame, last_hop: int = LAST_HOP) -> go.Figure:
    """Sankey unrolled by hop, since a bounce is a cycle: L1 · 1st → L2 · 2nd → … Reads hop, tier, next, visits.

    Hops later than `last_hop` are one column of visits that is not followed further.
    """
    rows = frame[frame["hop"] <= last_hop]
    flow = _Flow(last_hop)
    sources = [flow.node(int(r.hop), str(r.tier)) for r in rows.itertuples()]
    targets = [flow.node(int(r.hop) + 1, str(r.next)) for r in rows.itertuples()]
    depth = max([*flow.columns, 2]) - 1
    made = figure(height=440)
    made.add_sankey(
        arrangement="snap",
        node={"label": flow.names, "color": flow.colours, "pad": 16, "thickness": 14, "line": {"width": 0},
              "x": [min(0.999, max(0.001, (hop - 1) / depth)) for hop in flow.columns], "y": _heights(flow, sources, targets, rows),
              "hovertemplate": "%{label}: %{value:,.0f} tickets<extra></extra>"},
        link={"source": sources, "target": targets, "value": rows["visits"].tolist(),
              "color": [see_through(flow.colours[target], 0.35) for target in targets],
              "hovertemplate": "%{source.label} → %{target.label}: %{value:,.0f} tickets<extra></extra>"},
    )  # fmt: skip
    return made


def _heights(flow: _Flow, sources: list[int], targets: list[int], rows: pd.DataFrame) -> list[float]:
    """Vertical positions 0-1: within a column ends on top, then tiers in order, spaced by what passes through."""
    through = [0.0] * len(flow.names)
    arriving = [0.0] * len(flow.names)
    for source, target, visits in zip(sources, targets, rows["visits"], strict=True):
        through[source] += visits
        arriving[target] += visits
    size = [max(pair) for pair in zip(through, arriving, strict=True)]
    total = sum(s for s, hop in zip(size, flow.columns, strict=True) if hop == 1) or 1.0
    heights = [0.0] * len(flow.names)
    for hop in sorted(set(flow.columns)):
        top = 0.02
        for (_, _), number in sorted(_column(flow, hop), key=lambda item: _rank(item[0][1])):
            part = max(size[number] / total * 0.78, 0.012)
            heights[number] = min(0.98, max(0.02, top + part / 2))
            top += part + 0.05
    return heights


def _column(flow: _Flow, hop: float) -> list[tuple[tuple[int, str], int]]:
    return [(key, number) for key, number in flow.numbers.items() if key[0] == hop]


def _rank(what: str) -> tuple[int, str]:
    return (list(_ENDS).index(what) if what in _ENDS else 3, what)


def top_paths(frame: pd.DataFrame, most: int = 10) -> go.Figure:
    """Bars of the most frequent tier paths. Reads path, tickets; the share is of all tickets with a tier."""
    rows, total = frame.head(most), frame["tickets"].sum()
    made = figure(height=90 + 30 * len(rows))
    made.add_bar(
        x=rows["tickets"], y=[label(path.replace(">", " → "), 44) for path in rows["path"]], orientation="h",
        marker={"color": [tier_colour(path.rsplit(">", 1)[-1]) for path in rows["path"]]},
        text=[f"{numbers.count(n)} · {numbers.share(n / total)}" for n in rows["tickets"]], textposition="outside",
        cliponaxis=False, hovertemplate="%{y}: %{text} of tickets<extra></extra>",
    )  # fmt: skip
    made.update_xaxes(title={"text": "Tickets"}, range=[0, rows["tickets"].max() * 1.22 if len(rows) else 1])
    made.update_yaxes(autorange="reversed", showgrid=False)
    return made


def routing_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Routing as a matrix: one row per tier, one column per next tier and `resolved`; each row sums to 1."""
    tiers = sorted(set(frame["tier"]) | set(frame["next"]) - {"resolved"})
    wide = frame.pivot_table(index="tier", columns="next", values="share", aggfunc="sum", fill_value=0.0)
    return wide.reindex(index=[t for t in tiers if t in wide.index], columns=[*tiers, "resolved"], fill_value=0.0)


def routing_matrix(frame: pd.DataFrame) -> go.Figure:
    """Heat table of where visits to a tier end: the next tier, or ended there. Reads tier, next, visits, share."""
    wide = routing_table(frame)
    texts = [[numbers.share(v) if tier != to else "" for to, v in row.items()] for tier, row in wide.iterrows()]
    made = figure(height=110 + 52 * len(wide))
    made.add_heatmap(
        z=wide.to_numpy(), x=["ended here" if to == "resolved" else f"to {to}" for to in wide.columns],
        y=[f"from {tier}" for tier in wide.index], text=texts, texttemplate="%{text}", showscale=False, xgap=3, ygap=3,
        zmin=0, zmax=1, colorscale=[[0, see_through("#0072B2", 0.06)], [1, see_through("#0072B2", 0.62)]],
        textfont={"size": 14}, hovertemplate="%{y} %{x}: %{text} of visits<extra></extra>",
    )  # fmt: skip
    made.update_yaxes(autorange="reversed", showgrid=False)
    made.update_xaxes(side="top", showgrid=False)
    return made
