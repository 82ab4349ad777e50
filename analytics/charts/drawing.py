"""A chart while it is drawn: traces and layout as Plotly has them in JSON, a figure only in the end.

Two things take most of a chart's time, and a page draws up to eight of them after every change of a filter. Plotly checks and
copies every property that it is given, one by one, and all of them again with each that is added: 4.6 ms for a chart of eight
bars, 0.9 ms when it is made in one go. And Streamlit's component hands every figure to Plotly twice; with a template, or numbers
without a revision, Plotly draws it twice. So the house style is written out here, and the numbers have a revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analytics.charts.margins import with_room

GRID = "rgba(134, 139, 148, 0.25)"
TEXT = "#767C85"

_FONT = '"Source Sans", "Source Sans Pro", "Segoe UI", sans-serif'
_AXIS = {
    "gridcolor": GRID, "zeroline": False, "automargin": True, "ticks": "", "tickfont": {"size": 12},
    "title": {"standoff": 10, "font": {"size": 13}},
}  # fmt: skip
_AXES = {"xaxis": {**_AXIS, "showgrid": False}, "yaxis": _AXIS}
STYLE: dict[str, Any] = {
    "font": {"family": _FONT, "size": 13, "color": TEXT},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "legend": {
        "orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "title": {"text": ""},
        "font": {"size": 12},
    },
    "hoverlabel": {"align": "left"},
    "margin": {"pad": 6},
    "bargap": 0.35,
}  # fmt: skip
"""The house style of a layout. Its text is legible on white and on the dark background: a figure has no second set of colours."""

_WITHOUT_AXES = {"sankey"}


class Drawing:
    """A chart in the house style, in the making. The methods take what Plotly's of the same name take, without its short forms
    with underscores; nothing is checked."""

    def __init__(self, **layout: Any) -> None:
        self.traces: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = dict(layout)
        self.shapes: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []

    def add_bar(self, **trace: Any) -> None:
        self._add("bar", trace)

    def add_scatter(self, **trace: Any) -> None:
        self._add("scatter", trace)

    def add_heatmap(self, **trace: Any) -> None:
        self._add("heatmap", trace)

    def add_funnel(self, **trace: Any) -> None:
        self._add("funnel", trace)

    def add_sankey(self, **trace: Any) -> None:
        self._add("sankey", trace)

    def update_xaxes(self, told: Mapping[str, Any] | None = None, **more: Any) -> None:
        self.update_layout(xaxis={**(told or {}), **more})

    def update_yaxes(self, told: Mapping[str, Any] | None = None, **more: Any) -> None:
        self.update_layout(yaxis={**(told or {}), **more})

    def update_layout(self, **told: Any) -> None:
        self.layout = over(self.layout, told)

    def write(self, notes: Iterable[Mapping[str, Any]]) -> None:
        """Writes notes on the chart."""
        self.notes += [{"showarrow": False, **note} for note in notes]

    def line(
        self, *, x: Any = None, y: Any = None, text: str = "", note: Mapping[str, Any] | None = None, **line: Any
    ) -> None:
        """A dashed line from edge to edge at an x or a y of the chart; `text` stands above its top, or above its right end.
        `note` is what else holds for the text; on a logarithmic axis that is its logarithm as the place."""
        stroke = {"color": TEXT, "width": 1.5, "dash": "dash", **line}
        if x is not None:
            self.shapes.append(_shape("line", (x, x), "x", (0, 1), "y domain", line=stroke))
            place: dict[str, Any] = {"x": x, "y": 1, "yref": "paper", "yanchor": "bottom"}
        else:
            self.shapes.append(_shape("line", (0, 1), "x domain", (y, y), "y", line=stroke))
            place = {"x": 1, "xref": "paper", "xanchor": "right", "y": y, "yanchor": "bottom"}
        if text:
            self.write([{**place, "text": text, "font": {"size": 12}, **(note or {})}])

    def band(self, x0: Any, x1: Any, colour: str) -> None:
        """Shades the chart from one x to another, under everything."""
        self.shapes.append(
            _shape("rect", (x0, x1), "x", (0, 1), "y domain", fillcolor=colour, line={"width": 0}, layer="below")
        )

    def figure(self) -> go.Figure:
        """What was drawn, as a figure of Plotly."""
        traces = [{name: _listed(value) for name, value in trace.items()} for trace in self.traces]
        axes = {} if _WITHOUT_AXES & {trace["type"] for trace in traces} else _AXES
        own = {"datarevision": crc32(repr(traces).encode()), "shapes": self.shapes, "annotations": self.notes}
        layout = over(over({**STYLE, **axes}, self.layout), {name: value for name, value in own.items() if value != []})
        layout = _listed(layout)
        layout["margin"] = with_room(traces, layout)
        made = go.Figure(traces, {"template": _NO_TEMPLATE, **layout}, _validate=False)
        made.layout.template = None
        return made

    def _add(self, kind: str, trace: Mapping[str, Any]) -> None:
        self.traces.append({"type": kind, **trace})


_NO_TEMPLATE = go.layout.Template()
"""While a figure is made; else it is given that which Streamlit sets for all, whose placeholder colours are none."""


def _shape(kind: str, x: tuple[Any, Any], xref: str, y: tuple[Any, Any], yref: str, **told: Any) -> dict[str, Any]:
    return {"type": kind, "x0": x[0], "x1": x[1], "xref": xref, "y0": y[0], "y1": y[1], "yref": yref, **told}


def over(house: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """One's own settings over those of the house, part by part."""
    together = dict(house)
    for name, value in own.items():
        there = together.get(name)
        together[name] = over(there, value) if isinstance(there, Mapping) and isinstance(value, Mapping) else value
    return together


def _listed(value: Any) -> Any:
    """Columns and arrays as lists that JSON can hold, inside of whatever they stand in."""
    if isinstance(value, pd.Series | pd.Index | np.ndarray):
        return _moments(value) if value.dtype.kind == "M" else value.tolist()
    if isinstance(value, pd.DataFrame):
        return value.to_numpy(dtype=object).tolist()
    if isinstance(value, Mapping):
        return {name: _listed(part) for name, part in value.items()}
    return value


def _moments(value: Any) -> list[str | None]:
    """Moments as Plotly reads them; in local time, as they are told."""
    told = pd.DatetimeIndex(value)
    return [None if one is pd.NaT else one.isoformat() for one in told.tz_localize(None)]
