"""Every chart that any test draws is one that Plotly takes as it is.

Pages hand figures over unchecked, and Plotly's short forms (a list of colours for a scale, a title that is a plain text) mean
nothing to the browser: it draws something else without a word. So each figure is checked here, and has to come out unchanged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import plotly.graph_objects as go
import pytest

from analytics.charts.drawing import Drawing


@pytest.fixture(autouse=True)
def _charts_are_checked(monkeypatch):
    drawn = Drawing.figure

    def checked(self: Drawing) -> go.Figure:
        made = drawn(self)
        told = json.loads(made.to_json())
        again = json.loads(go.Figure(told).update_layout(template=None).to_json())
        again["layout"].pop("template"), told["layout"].pop("template")
        assert list(_differences(again, told)) == []
        return made

    monkeypatch.setattr(Drawing, "figure", checked)


def _differences(one: object, other: object, where: str = "") -> Iterator[str]:
    """Where two figures in JSON differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one.keys() | other.keys():
            yield from _differences(one.get(name), other.get(name), f"{where}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (part, part_there) in enumerate(zip(one, other, strict=True)):
            yield from _differences(part, part_there, f"{where}[{place}]")
    elif (one or None) != (other or None) if isinstance(one or other, dict) else one != other:
        yield f"{where}: {other!r:.80} is drawn as {one!r:.80}"
