"""Room for axes: enough for what is drawn, and no more than a few pixels beyond."""

from __future__ import annotations

import pytest

from analytics.charts.base import drawing, duration_axis, percent_axis, word_axis
from analytics.charts.margins import text_pixels

DRAWN = {
    "100 %": 30.3, "L1 → L2": 35.9, "urgent": 33.0, "normal": 36.3, "no handoff": 55.7, "Reached L3": 57.4,
    "Insight Reports": 75.7, "L1 → L2 → L1 → L2": 83.9, "Identity &amp; Access L2": 98.3, "⇄ Platform Engineering": 118.7,
}  # fmt: skip
"""Words and the pixels that Chromium draws them in at 12 pixels, in Source Sans."""


@pytest.mark.parametrize("words", DRAWN)
def test_words_are_reckoned_as_wide_as_they_are_drawn(words):
    assert DRAWN[words] - 1.5 <= text_pixels(words) <= 1.1 * DRAWN[words] + 1  # four pixels are to spare


def test_markup_and_escapes_take_no_room():
    assert text_pixels("<b>R&amp;D</b>") == text_pixels("R&D")


def margin(**axes):
    made = drawing(300)
    made.add_bar(x=[1, 2], y=["a", "b"])
    made.update_layout(**axes)
    return made.figure().layout.margin


def test_the_longest_words_decide_on_the_left():
    short, long = (margin(yaxis={"ticktext": [words]}) for words in ("L1", "Identity & Access L2"))
    assert long.l - short.l == pytest.approx(text_pixels("Identity & Access L2") - text_pixels("L1"), abs=1)
    assert margin(yaxis={"ticktext": ["L1"], "title": {"text": "Tier"}}).l == short.l + 20
    assert margin(yaxis={"visible": False}).l == 8


def test_below_are_a_title_lines_and_turned_words():
    plain = margin(xaxis={"ticktext": ["one"]}).b
    assert margin(xaxis={"ticktext": ["one"], "title": {"text": "Days"}}).b == plain + 20
    assert margin(xaxis=word_axis(["20 days and more"])).b == plain + 16
    assert margin(xaxis={"ticktext": ["one long word"], "tickangle": -40}).b > plain + 30
    assert margin(xaxis={"side": "top"}).b == 8


def test_a_legend_has_room_where_plotly_draws_one():
    def top(**told):
        made = drawing(300, **told)
        for name in ("a", "b"):
            made.add_scatter(x=[1], y=[1], name=name)
        return made.figure().layout.margin.t

    assert top() == 48
    assert top(showlegend=False) == 34
    assert top(margin={"t": 72}) == 72


def test_numbers_have_the_room_of_their_digits():
    def left(highest):
        made = drawing(300)
        made.add_bar(x=["a"], y=[highest])
        return made.figure().layout.margin.l

    assert left(5000) > left(300) > left(12)
    assert left(5000) == left(90_000)  # 90k


@pytest.mark.parametrize("axis", [percent_axis("Share"), duration_axis(10_000, "Wait")])
def test_the_last_label_of_an_axis_has_room_at_its_end(axis):
    assert margin(xaxis=axis).r == 28
    assert margin().r == 18
