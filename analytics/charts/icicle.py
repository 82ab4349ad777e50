"""The ways tickets take, as an icicle: each column a stop, each bar the tickets that came this way."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import NEUTRAL, figure, tier_colour

ALL, END = "all", ">."
PALE = "#C9CDD3"
MOST_STOPS = 6
LEAST_SHARE = 0.0005
"""Ways of a smaller share of the tickets than this are too thin to see or click; the table has them."""


def nodes(paths: pd.DataFrame, most_stops: int = MOST_STOPS) -> pd.DataFrame:
    """One row per beginning of a way: path ("L1>L2"), parent, tier, stop (1 = first), tickets that began so, ended (went no
    further). Reads path, tickets; ways are followed for `most_stops` stops."""
    total: dict[str, int] = {}
    ended: dict[str, int] = {}
    for path, tickets in zip(paths["path"], paths["tickets"], strict=True):
        stops = path.split(">")
        for stop in range(1, min(len(stops), most_stops) + 1):
            start = ">".join(stops[:stop])
            total[start] = total.get(start, 0) + int(tickets)
        ended[path] = ended.get(path, 0) + int(tickets)
    rows = [
        (
            start,
            start.rpartition(">")[0] or ALL,
            start.rpartition(">")[2],
            start.count(">") + 1,
            tickets,
            ended.get(start, 0),
        )
        for start, tickets in sorted(total.items())
    ]
    return pd.DataFrame(rows, columns=["path", "parent", "tier", "stop", "tickets", "ended"])


def path_icicle(paths: pd.DataFrame) -> go.Figure:
    """The icicle; what went no further is a pale bar in the next column. A click's `customdata` is path, way, words, and
    whether it ended there. Reads path, tickets."""
    whole = int(paths["tickets"].sum())
    every = nodes(paths)
    shown = every[every["tickets"] >= LEAST_SHARE * whole]
    ends = shown[(shown["ended"] >= LEAST_SHARE * whole) & (shown["ended"] < shown["tickets"])]
    made = figure(height=440, top=8)
    made.add_icicle(
        ids=[ALL, *shown["path"], *(path + END for path in ends["path"])], parents=["", *shown["parent"], *ends["path"]],
        values=[whole, *shown["tickets"], *ends["ended"]], branchvalues="total",
        labels=["all tickets", *shown["tier"], *["no further"] * len(ends)],
        customdata=[[ALL, "all tickets", f"{numbers.count(whole)} tickets", ""], *_told(shown, "tickets", whole, ""),
                    *_told(ends, "ended", whole, "end")],
        texttemplate="%{label} · %{value:,}", hovertemplate="%{customdata[1]}: %{customdata[2]}<extra></extra>",
        marker={"colors": [NEUTRAL, *(tier_colour(tier) for tier in shown["tier"]), *[PALE] * len(ends)],
                "line": {"width": 1, "color": "rgba(255, 255, 255, 0.6)"}},
        textfont={"size": 13}, tiling={"orientation": "h"}, sort=False, maxdepth=MOST_STOPS + 2,
        pathbar={"visible": True, "thickness": 24},
    )  # fmt: skip
    return made


def _told(rows: pd.DataFrame, counted: str, whole: int, end: str) -> list[list[str]]:
    """Path, its name, what the box under the pointer says, and whether the tickets ended there, for each bar."""
    told = []
    for row in rows.to_dict("records"):
        way = row["path"].replace(">", " → ")
        counts = f"{numbers.count(row[counted])} tickets, {numbers.share(row[counted] / whole)} of all"
        told.append([row["path"], f"{way}, no further" if end else way, counts, end])
    return told
