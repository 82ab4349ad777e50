"""Room for a chart's axes, reckoned before it is drawn.

Plotly finds out by itself how much room the words at an axis need, but only once they are drawn: where the margin that it was
given is too small, it draws the whole chart a second time, a third of all the time that a page's charts take. So the margin is
reckoned here from the words, and Plotly's own finding out stays on for what is not foreseen.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_LETTERS = {
    0.21: " ", 0.24: "|", 0.27: "',.:;Iijl·", 0.30: "!f", 0.33: "()-[]{}", 0.36: "/\\rt", 0.42: "*s", 0.45: '"?xz',
    0.48: "JYcvy–", 0.51: "0123456789#$+<=>FL^_aegk~≤≥", 0.54: "ESTVXZ", 0.57: "ACPR`bdhnopqu", 0.60: "BK", 0.63: "&DG→",
    0.66: "HNU", 0.69: "OQ", 0.72: "w", 0.75: "M", 0.81: "W", 0.84: "%m", 0.87: "@", 0.96: "…",
}  # fmt: skip
_EM = {letter: width for width, letters in _LETTERS.items() for letter in letters}
_OTHER, _IDEOGRAM = 0.6, 1.0
"""Widths of the letters of the house's font (Source Sans) in parts of its size, as a browser draws them, none narrower."""
_LABEL_PIXELS = 12
"""Size of the words at an axis in the house style."""

_BESIDE, _TITLE_BESIDE = 20, 20
_BELOW, _TITLE_BELOW, _LINE_BELOW = 36, 20, 16
_LEGEND, _LAST_LABEL, _COLOUR_BAR = 48, 28, 60
"""Pixels that an axis takes beside or below its words, with a title, and for each further line of words; a legend of one row;
half of the last label of an axis, which stands over the chart's edge; a bar of colours beside its words. Plotly's own padding of
up to 12 is in them."""

_BREAK = re.compile(r"<br ?/?>")
_TAG = re.compile(r"<[^>]*>")


def with_room(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> dict[str, Any]:
    """The layout's margins, widened for what its axes and its legend will need."""
    given = dict(layout.get("margin", {}))
    x, y = layout.get("xaxis", {}), layout.get("yaxis", {})
    needed = {
        "l": _left(y, traces), "b": _below(x, traces), "r": _right(x, traces),
        "t": _LEGEND if _has_legend(traces, layout) else 0,
    }  # fmt: skip
    return given | {edge: max(given.get(edge, 0), pixels) for edge, pixels in needed.items() if pixels}


def text_pixels(text: str, size: int = _LABEL_PIXELS) -> float:
    """About how wide a line of words is, rather more than less."""
    plain = html.unescape(_TAG.sub("", text))
    return size * sum(_EM.get(letter, _OTHER if letter < "⸀" else _IDEOGRAM) for letter in plain)


def _left(axis: Mapping[str, Any], traces: Sequence[Mapping[str, Any]]) -> int:
    if not _is_shown(axis):
        return 0
    lines = [line for word in _words(axis, traces, "y") for line in _BREAK.split(word)]
    widest = max(map(text_pixels, lines), default=0.0)
    return math.ceil(_BESIDE + widest + (_TITLE_BESIDE if _titled(axis) else 0))


def _below(axis: Mapping[str, Any], traces: Sequence[Mapping[str, Any]]) -> int:
    if not _is_shown(axis) or axis.get("side") == "top":
        return 0
    words = _words(axis, traces, "x")
    more = max((len(_BREAK.findall(word)) for word in words), default=0) * _LINE_BELOW
    if axis.get("tickangle"):
        more = max(map(text_pixels, words), default=0.0) * abs(math.sin(math.radians(axis["tickangle"])))
    return _BELOW + math.ceil(more) + (_TITLE_BELOW if _titled(axis) else 0)


def _right(axis: Mapping[str, Any], traces: Sequence[Mapping[str, Any]]) -> int:
    bars = [trace["colorbar"] for trace in traces if trace.get("colorbar")]
    if bars:
        return _COLOUR_BAR + math.ceil(
            max(text_pixels(word) for bar in bars for word in bar.get("ticktext") or ["100%"])
        )
    return _LAST_LABEL if _is_shown(axis) and axis.get("ticktext") else 0


def _is_shown(axis: Mapping[str, Any]) -> bool:
    return bool(axis.get("automargin")) and axis.get("visible", True) and axis.get("showticklabels", True)


def _titled(axis: Mapping[str, Any]) -> bool:
    title = axis.get("title")
    return bool(title.get("text") if isinstance(title, Mapping) else title)


def _has_legend(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> bool:
    """Whether there is a legend above the chart, as Plotly decides it."""
    legend = layout.get("legend", {})
    if layout.get("showlegend") is False or legend.get("yref") == "container":
        return False
    able = [one for one in traces if one["type"] in ("bar", "scatter")]
    return any(one.get("showlegend", len(able) > 1) for one in able)


def _words(axis: Mapping[str, Any], traces: Sequence[Mapping[str, Any]], letter: str) -> list[str]:
    """What will stand at an axis: its own words, the groups of the data, or the longest number."""
    if axis.get("ticktext"):
        return [str(word) for word in axis["ticktext"]]
    values = [_list(trace.get(letter)) for trace in traces]
    words = [value for some in values for value in some if isinstance(value, str)]
    if words:
        return [] if axis.get("type") == "date" or (letter == "x" and _looks_like_a_day(words[0])) else words
    return [_longest_number(axis, values)] if letter == "y" else []


def _list(values: Any) -> Iterable[Any]:
    return values if isinstance(values, list | tuple) else []


def _looks_like_a_day(word: str) -> bool:
    return bool(re.match(r"\d{4}-\d\d-\d\d", word))


def _longest_number(axis: Mapping[str, Any], values: Sequence[Iterable[Any]]) -> str:
    """The number with the most digits up to the highest that the axis may show (10k and more are short again)."""
    numbers = [[one for one in some if isinstance(one, int | float) and math.isfinite(one)] for some in values]
    top = axis["range"][1] if axis.get("range") else sum(max(some, default=0) for some in numbers)
    top = top if isinstance(top, int | float) and math.isfinite(top) else 0
    return "0" * min(4, len(str(int(abs(top))))) if top >= 8 else "0.0"
