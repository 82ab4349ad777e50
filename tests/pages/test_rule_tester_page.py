"""The rule tester's page: what it shows, what it says where it cannot, and that the knobs matter."""

from __future__ import annotations

import pytest

from analytics.rules.registry import rules
from tests.pages.conftest import charts, texts

PAGE = "pages/improvement/rule_tester.py"


@pytest.mark.parametrize("name", [name for name in rules() if name != "category_to_l2"])
def test_each_rule_shows_before_and_after_with_its_limits(visit, name):
    page = visit(PAGE, dataset="sample", rule=rules()[name].title)
    said = texts(page)
    assert not page.exception
    assert len(charts(page)) == 2
    assert "It touches" in said
    assert "What this cannot know" in said
    assert all(limit in said for limit in rules()[name].limits)
    assert len(page.dataframe) == 1
    assert "None" not in said
    assert "nan" not in said.split()
    assert page.selectbox(key="rule").value == name


def test_a_slider_changes_the_answer_and_no_price_means_no_money(visit):
    page = visit(PAGE, dataset="sample")
    first = texts(page)
    labels = [metric.label for metric in page.metric]
    assert "Cost per week" not in labels
    page.slider(key="escalate_after_minutes").set_value(480).run()
    assert not page.exception
    assert texts(page) != first
    page.number_input(key="rate_L2").set_value(50.0).run()
    assert "Cost per week" in [metric.label for metric in page.metric]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ({"dataset": "sample", "rule": rules()["category_to_l2"].title}, "about no ticket in view"),
        ({"dataset": "sample", "product": "nothing such"}, "no product"),
        ({"dataset": "flat"}, "which tier"),
    ],
)
def test_where_it_cannot_it_says_why(visit, address, words):
    page = visit(PAGE, **address)
    assert not page.exception
    assert words in texts(page)
