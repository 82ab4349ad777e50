"""The ways tickets take, as an icicle: each column a stop, each bar the tickets that came this way.

Drawn with bars, since Streamlit tells no clicks of Plotly's own icicle: a bar's click leads to its tickets.
"""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.charts import numbers
from analytics.charts.base import NEUTRAL, drawing, see_through, tier_colour
from analytics.charts.drawing import Drawing

MOST_STOPS = 6
LEAST_SHARE = 0.0005
"""Ways of a smaller share of the tickets than this are too thin to see or click; the table has them."""
LABELLED_SHARE = 0.03
"""Bars of a smaller share have no room for their name."""
NO_FURTHER = "no further"

_ORDINALS = ("1st", "2nd", "3rd", "4th", "5th", "6th")


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
        (start, start.rpartition(">")[0], start.rpartition(">")[2], start.count(">") + 1, tickets, ended.get(start, 0))
        for start, tickets in sorted(total.items())
    ]
    return pd.DataFrame(rows, columns=["path", "parent", "tier", "stop", "tickets", "ended"])


def placed(every: pd.DataFrame) -> pd.DataFrame:
    """The nodes with `top`, where each bar begins: under its parent's top, the larger ones first, what ended last."""
    told = every.sort_values(["stop", "tickets", "path"], ascending=[True, False, True])
    next_free: dict[str, float] = {"": 0.0}
    tops = []
    for row in told.to_dict("records"):
        tops.append(next_free[row["parent"]])
        next_free[row["path"]] = tops[-1]
        next_free[row["parent"]] += row["tickets"]
    return told.assign(top=tops)


def path_icicle(paths: pd.DataFrame) -> go.Figure:
    """The icicle. Reads path, tickets. A click's `customdata` is the path, its words, and "end" where it went no further."""
    whole = int(paths["tickets"].sum())
    every = placed(nodes(paths))
    shown = every[every["tickets"] >= LEAST_SHARE * whole]
    made = drawing(height=460, barmode="overlay", bargap=0.02)
    for tier, rows in shown.groupby("tier"):
        _bars(made, rows, rows["stop"], rows["top"], rows["tickets"], whole, str(tier))
    ends = shown[(shown["ended"] >= LEAST_SHARE * whole) & (shown["stop"] < MOST_STOPS)]
    _bars(made, ends, ends["stop"] + 1, ends["top"] + ends["tickets"] - ends["ended"], ends["ended"], whole, NO_FURTHER)
    deepest = int(shown["stop"].max()) if len(shown) else 1
    last = min(deepest + 1, MOST_STOPS)
    ticks = list(range(1, last + 1))
    made.update_xaxes(
        tickvals=ticks, ticktext=[f"{_ORDINALS[stop - 1]} stop" for stop in ticks], side="top", showgrid=False
    )
    made.update_xaxes(range=[0.5, last + 0.5])
    made.update_yaxes(range=[whole, 0], visible=False)
    made.update_layout(margin={"t": 70}, legend={"traceorder": "normal", "y": 1.08})
    return made.figure()


def _bars(
    made: Drawing, rows: pd.DataFrame, stop: pd.Series, top: pd.Series, tickets: pd.Series, whole: int, name: str
) -> None:
    """One tier's bars, or those of what went no further: pale, and with its own pattern."""
    end = name == NO_FURTHER
    colour = see_through(NEUTRAL, 0.3) if end else tier_colour(name)
    words = [path.replace(">", " → ") for path in rows["path"]]
    made.add_bar(
        x=stop, base=top, y=tickets, name=name, width=0.98,
        marker={"color": colour, "line": {"width": 1, "color": "white"},
                "pattern": {"shape": "." if end else "", "solidity": 0.15}},
        text=[_label(name, n) if n >= LABELLED_SHARE * whole else "" for n in tickets],
        textposition="inside", insidetextanchor="middle", textangle=0, constraintext="none",
        textfont={} if end else {"color": "white"},
        customdata=[
            [path, f"{way}, {NO_FURTHER}" if end else way, f"{numbers.count(n)} tickets, {numbers.share(n / whole)} of all",
             "end" if end else ""]
            for path, way, n in zip(rows["path"], words, tickets, strict=True)
        ],
        hovertemplate="%{customdata[1]}: %{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _label(name: str, tickets: int) -> str:
    """What stands in a bar; on the pale ones the number alone, which a phone has room for."""
    return numbers.count(tickets) if name == NO_FURTHER else f"{name} · {numbers.count(tickets)}"
