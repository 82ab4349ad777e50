"""Comparing: the other side's filters, and pages drawn twice. Reports: what a page showed is in its file."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.errors import FilterError
from analytics.model import Filters
from pages._kit import compare

MARCH = Filters(start=date(2026, 3, 1), end=date(2026, 3, 31), products=("Loud",))


def test_the_period_before_ends_the_day_before():
    assert compare.moved(MARCH, "before") == Filters(start=date(2026, 1, 29), end=date(2026, 2, 28), products=("Loud",))


def test_a_year_earlier_the_weekdays_meet_their_like():
    there = compare.moved(MARCH, "year")
    assert there.start is not None
    assert MARCH.start is not None
    assert there.start.weekday() == MARCH.start.weekday()
    assert (MARCH.start - there.start).days == 364
    assert there.end is not None
    assert (there.end - there.start).days == 30


def test_without_a_period_there_is_none_before():
    with pytest.raises(FilterError, match="No period"):
        compare.moved(Filters(), "before")


def test_a_page_with_one_side_keeps_the_choice_and_compares_nothing(visit):
    app = visit("pages/data/definitions.py", dataset="sample", vs="Another segment", vs_by="Product", vs_value="Loud")
    choice = next(box for box in app.selectbox if box.label == "Compare with")
    assert choice.disabled
    assert not [box for box in app.selectbox if box.label == "Segment by"]
    assert not app.exception
