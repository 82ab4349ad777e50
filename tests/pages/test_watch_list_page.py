"""The watch list's page: kinds, the list and its order, its rules, and where there is nothing to watch."""

from __future__ import annotations

from analytics.model import Filters
from analytics.targets import targets_of
from analytics.warehouse.store import open_dataset
from analytics.watch_list import KINDS, WatchSettings, watch_list
from tests.pages.conftest import charts, texts

PAGE = "pages/improvement/watch_list.py"


def test_the_page_shows_what_the_command_lists(visit, home):
    page = visit(PAGE, dataset="sample")
    assert not page.exception
    warehouse = open_dataset("sample", home)
    wanted = watch_list(warehouse, Filters(), targets_of(warehouse))
    warehouse.close()
    shown = page.dataframe[0].value
    assert len(wanted) > 3
    assert shown["ticket_id"].tolist() == wanted["ticket_id"].tolist()
    assert shown["reason"].tolist() == wanted["reason"].tolist()
    assert set(shown["kind"]) <= set(KINDS.values())
    numbers = {metric.label: metric.value for metric in page.metric}
    assert numbers["Need somebody now"] == str(len(wanted))
    assert numbers[KINDS["late"]] == str(int((wanted["kind"] == "late").sum()))
    assert len(charts(page)) <= 1


def test_a_period_does_not_matter_and_rules_do(visit, home):
    whole = visit(PAGE, dataset="sample").dataframe[0].value
    some = visit(PAGE, dataset="sample", period=["2025-01-06", "2025-02-01"]).dataframe[0].value
    assert len(some) == len(whole)
    page = visit(PAGE, dataset="sample")
    page.slider[0].set_value(480).run()
    assert not page.exception
    warehouse = open_dataset("sample", home)
    wanted = watch_list(warehouse, Filters(), targets_of(warehouse), WatchSettings(acknowledge_minutes=480))
    warehouse.close()
    assert page.dataframe[0].value["ticket_id"].tolist() == wanted["ticket_id"].tolist()


def test_without_priorities_the_rest_is_watched_and_it_says_so(visit):
    page = visit(PAGE, dataset="plain")
    assert not page.exception
    assert "Targets are not watched" in texts(page)


def test_a_filter_that_matches_nothing(visit):
    page = visit(PAGE, dataset="sample", product="nothing such")
    assert not page.exception
    assert "no product" in texts(page)


def test_two_segments_are_watched_side_by_side(visit):
    other = {"vs": "Another segment", "vs_by": "Product", "vs_value": "Quiet"}
    page = visit(PAGE, dataset="sample", product="Loud", **other)
    assert not page.exception
    assert not page.error
    here, there = (table.value for table in page.dataframe)
    assert set(here["product"]) == {"Loud"}
    assert set(there["product"]) == {"Quiet"}
