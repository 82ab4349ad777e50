"""What all charts share: colours, an empty chart, the axis of human durations, labels that cannot carry markup.

The colours pass 3:1 on white and on the dark background; no chart tells things apart by colour alone (a label, a shape or a
dash goes with it). Rejected: a second palette for dark mode, which makes a screenshot of one mode useless in the other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from analytics.charts.drawing import Drawing, over

TIER_COLOURS = {"L0": "#CC79A7", "L1": "#0072B2", "L2": "#009E73", "L3": "#D55E00"}
TIER_SYMBOLS = {"L0": "square", "L1": "circle", "L2": "diamond", "L3": "triangle-up"}
TIER_PATTERNS = {"L0": ".", "L1": "", "L2": "/", "L3": "x"}
TIER_DASHES = {"L0": "longdashdot", "L1": "solid", "L2": "dash", "L3": "dot"}
OTHER = "#CC79A7"
NEUTRAL = "#868B94"
FAINT = "rgba(134, 139, 148, 0.18)"

GUIDE = {"L1": 0.80, "L2": 0.18, "L3": 0.02}
"""Shares resolved by tier that a common service-desk guide gives. A rule of thumb, shown for comparison and never a target."""

BLUES = ("#DCEAF4", "#9CC4DF", "#4F95C4", "#0072B2", "#123F63")
"""From little to much."""

SMALL_GROUP = 30
"""Below this many tickets or handoffs a share says little: such marks are hollow."""

CONFIG: dict[str, Any] = {
    "showSendToCloud": False,
    "displaylogo": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2},
}
"""Plotly's settings for every chart. Without the first one an export shows a button that uploads the data."""

_DURATION_TICKS = (
    (1, "≤ 1 min"), (5, "5 min"), (30, "30 min"), (60, "1 h"), (480, "8 h"), (1440, "1 d"), (10080, "1 w"), (43200, "30 d"),
    (525600, "1 y"),
)  # fmt: skip


def drawing(height: int = 320, top: int = 34, **layout: Any) -> Drawing:
    """An empty chart in the house style."""
    colours = [*TIER_COLOURS.values(), NEUTRAL]  # of traces that name none
    return Drawing(
        **over({"height": height, "margin": {"l": 8, "r": 18, "t": top, "b": 8}, "colorway": colours}, layout)
    )


def label(text: Any, most: int = 34) -> str:
    """A value from the data as text on a chart: shortened, and unable to carry markup (Plotly renders some HTML)."""
    plain = " ".join(str(text).split())
    short = plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def in_two_lines(text: str, most: int = 8) -> str:
    """Words under an axis, broken near their middle where they are longer than `most`, so that they need not be turned."""
    breaks = [n for n, letter in enumerate(text) if letter == " "]
    if len(text) <= most or not breaks:
        return label(text)
    middle = min(breaks, key=lambda n: abs(n - len(text) / 2))
    return f"{label(text[:middle])}<br>{label(text[middle + 1 :])}"


def word_axis(words: Sequence[str]) -> dict[str, Any]:
    """An axis of a few groups in this order, their words upright on a phone as well."""
    told = list(words)
    return {
        "categoryorder": "array", "categoryarray": told, "tickvals": told, "ticktext": [in_two_lines(one) for one in told],
        "tickangle": 0, "showgrid": False,
    }  # fmt: skip


def natural(text: Any) -> tuple:
    """A key that sorts names as people count: Group 9 before Group 76, and capitals beside small letters."""
    parts = re.split(r"(\d+)", str(text).casefold())
    return tuple(int(part) if n % 2 else part for n, part in enumerate(parts)), str(text)


def tier_colour(tier: Any) -> str:
    return TIER_COLOURS.get(str(tier), NEUTRAL)


def tier_bars(tier: Any, counts: Iterable[Any]) -> dict[str, Any]:
    """Upright bars of a tier beside those of the others: its colour and pattern, and the counts above them in a size that can be
    read on a phone (Plotly shrinks them to the width of a bar otherwise)."""
    pattern = {"shape": TIER_PATTERNS.get(str(tier), ""), "solidity": 0.25}
    return {
        "marker": {"color": tier_colour(tier), "pattern": pattern}, "text": [f"{int(n):,}" if n else "" for n in counts],
        "textposition": "outside", "textfont": {"size": 11}, "textangle": 0, "constraintext": "none", "cliponaxis": False,
    }  # fmt: skip


def scale(*colours: str) -> list[tuple[float, str]]:
    """A scale of colours from low to high, in equal steps, as the browser wants it."""
    return [(place / (len(colours) - 1), colour) for place, colour in enumerate(colours)]


def see_through(colour: str, opacity: float) -> str:
    """A #RRGGBB colour as rgba with the given opacity."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def minutes_on_axis(hours: Any) -> Any:
    """Waits in minutes for a logarithmic axis: what is under a minute sits at one minute."""
    return (hours * 60).clip(lower=1.0)


def duration_axis(longest_minutes: float, title: str) -> dict[str, Any]:
    """A logarithmic axis in minutes with ticks that people know: 5 min, 1 h, 1 d, 1 w.

    Each is a line of the grid; those that would run into each other on a phone have no label. Rejected: labels that Plotly
    turns by itself where they are too many, which are cut off at the end of the axis."""
    top = max(60.0, longest_minutes if math.isfinite(longest_minutes) else 60.0)
    low, high = -0.1, math.log10(top * 1.25)
    ticks = [(minutes, text) for minutes, text in _DURATION_TICKS if minutes <= top * 1.05]
    named = _with_room([minutes for minutes, _ in ticks], _LABEL_ROOM * (high - low))
    return {
        "type": "log", "title": {"text": title}, "tickvals": [minutes for minutes, _ in ticks], "tickangle": 0,
        "ticktext": [text if minutes in named else "" for minutes, text in ticks], "range": [low, high], "minor": {"ticks": ""},
        "showgrid": True,
    }  # fmt: skip


_LABEL_ROOM = 0.13
"""So much of an axis one label needs on a screen of 400 pixels."""

_KNOWN_BEST = (60, 1440, 10080, 30, 5, 525600, 1, 43200, 480)
"""Ticks in the order in which they are given room: those that people count in first."""


def _with_room(minutes: list[int], decades: float) -> set[int]:
    """The ticks that keep a label when no two may be nearer than so many decades."""
    kept: list[int] = []
    for tick in (one for one in _KNOWN_BEST if one in minutes):
        room = decades * (1.2 if tick == 1 else 1.0)  # its label is the longest
        if all(abs(math.log10(tick / other)) >= room for other in kept):
            kept.append(tick)
    return set(kept)


def target_line(made: Drawing, minutes: float, text: str) -> None:
    """Draws a vertical line at a target on an axis in minutes."""
    made.line(x=minutes, text=text, note={"x": math.log10(minutes), "xanchor": "left"}, color=NEUTRAL)


def percent_axis(title: str, top: float = 1.0, room: float = 0.02) -> dict[str, Any]:
    """An axis of shares from 0 to `top`, written as in the text (20 %), with `room` (a part of `top`) left beyond it."""
    top = top if math.isfinite(top) and top > 0 else 1.0
    step = next((step for step in _STEPS if top / step <= 6), 0.2)
    ticks = [n * step for n in range(int(top / step + 1.001))]
    words = [f"{round(100 * tick, 2):g} %" for tick in ticks]
    return {"title": {"text": title}, "tickvals": ticks, "ticktext": words, "range": [0, top * (1 + room)]}


_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
