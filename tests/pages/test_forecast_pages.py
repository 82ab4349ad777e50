"""The forecast and the calendar events pages: each section shows its numbers, and what is kept is changed by what is pressed."""

from __future__ import annotations

import shutil
from datetime import date
from threading import Event

import pandas as pd
import pytest
import streamlit as st

from analytics import daily, outlook
from analytics.ahead import events, kept, plans, spikes, tiers
from analytics.errors import InputError
from analytics.forecasting import race
from analytics.forecasting.calendar_events import CalendarEvent
from analytics.forecasting.race import quick_forecast
from analytics.model import Filters
from analytics.warehouse.store import Home, Warehouse
from pages._kit.forecasting import cards as forecast_cards, events as forecast_events
from tests.desk import DAYS, START, made_log, put
from tests.pages.conftest import charts, texts

PAGE, EVENTS = "pages/planning/volume_forecast.py", "pages/planning/calendar_events.py"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home with the desk and forecasts of it on the shelf, so that no race runs."""
    home = tmp_path_factory.mktemp("desk")
    warehouse = put(home, "desk", made_log())
    with pytest.MonkeyPatch.context() as patch:
        quick = lambda *given, progress=None, cancelled=None, **rest: quick_forecast(*given, **rest)  # noqa: E731
        patch.setattr(race, "forecast", quick)
        for filters in (Filters(), Filters(products=("Beam",)), Filters(products=("Atlas",))):
            outlook.forecast_dataset(warehouse, 28, filters)
        tiers.forecast_tiers(warehouse, 28)
    warehouse.close()
    return home


@pytest.fixture
def desk(made, tmp_path, monkeypatch, visit):
    """Opens a page on a copy of the desk of its own."""
    shutil.copytree(made, tmp_path / "home")
    monkeypatch.setenv("TIERSCOPE_HOME", str(tmp_path / "home"))
    st.cache_data.clear()
    return lambda page=PAGE, **address: visit(page, dataset="desk", **address)


def dataset(tmp_path):
    return Home(tmp_path / "home").get("desk")


def whole(app) -> str:
    assert not app.exception
    assert not app.error
    told = texts(app)
    assert "nan" not in told.split()
    return told


def test_by_day_says_what_comes_and_how_sure_that_is(desk, tmp_path):
    app = desk()
    told = whole(app)
    cards = {card.label: card.value for card in app.metric}
    counts, _ = daily.daily_counts(Warehouse(dataset(tmp_path)))
    forecast = quick_forecast(counts, 28)
    assert cards["Next 4 weeks"] == f"{forecast.points['mean'].sum():,.0f}"
    assert cards["Last 4 weeks"] == f"{counts.tail(28).sum():,.0f}"
    assert len(charts(app)) == 3
    assert "The 80 % band held on week 1:" in told
    assert "tried on your history" not in told


def test_the_8_week_mean_is_there_while_the_race_runs(desk, tmp_path, monkeypatch):
    """The race waits until it is let go; until then the page shows the quick forecast and says so."""
    held, real = Event(), outlook.forecast_dataset

    def slow(warehouse, horizon, filters=None, *, quick=False, **rest):
        if not quick:
            held.wait(20)
            return real(warehouse, horizon, filters, quick=True)
        return real(warehouse, horizon, filters, quick=True)

    monkeypatch.setattr(outlook, "forecast_dataset", slow)
    shutil.rmtree(kept.folder_of(dataset(tmp_path)))
    app = desk()
    assert "Next 4 weeks" in {card.label for card in app.metric}
    assert not app.exception
    assert "the race has not been run" in texts(app)
    held.set()


def test_after_an_import_the_old_forecast_is_shown_as_old(desk, tmp_path, monkeypatch):
    """A new version with other counts: the kept forecast is from before the last import until the new race has ended."""
    held, real = Event(), outlook.forecast_dataset
    slow = lambda *given, quick=False, **rest: real(*given, quick=True) if quick or held.wait(20) else None  # noqa: E731
    monkeypatch.setattr(outlook, "forecast_dataset", slow)
    put(tmp_path / "home", "desk", made_log(DAYS + 2))
    from pages._kit.forecasting import shared as forecasting
    from pages._kit.view import View

    told = forecasting.shown(View(dataset(tmp_path), Filters()), 28)
    assert told.state == forecasting.BEFORE
    assert told.forecast.data_end == pd.Timestamp(START.date()) + pd.Timedelta(days=DAYS - 1)
    assert len(told.counts) == DAYS + 2
    held.set()
    told_by_race = forecasting.result_of(forecasting.running(told.key))
    assert told_by_race is None or told_by_race.horizon == 28


def test_by_hour_tiers_and_products(desk):
    assert "The busiest hour of the next seven days" in whole(desk(show="By hour"))
    told = whole(desk(show="Tiers"))
    assert "visits in the next 4 weeks" in told
    assert "of L1 go on to L2" in told
    app = desk(show="Many series", split="Product")
    told = whole(app)
    assert "2 series ahead" in told


def test_a_split_that_is_not_kept_waits_for_the_button(desk):
    app = desk(show="Many series", split="Tier × Product")
    whole(app)
    assert any(button.label.startswith("Forecast ") for button in app.button)


def test_spikes_name_the_cell(desk):
    app = desk(show="Spikes")
    told = whole(app)
    day = (START + pd.Timedelta(days=DAYS - 10)).date()
    assert f"{day:%a %-d %b %Y}" in told
    assert "Most of it: Atlas, phone" in told
    assert "Chance alone raises about 6 alarms a year" in told


def test_a_plan_is_locked_on_the_page(desk, tmp_path):
    app = desk(show="Plans")
    whole(app)
    app.text_input(key="plan_name").set_value("Budget")
    next(button for button in app.button if button.label == "Lock as plan").click().run()
    whole(app)
    assert [one.plan.name for one in plans.plans(dataset(tmp_path))] == ["Budget"]


@pytest.mark.parametrize("show", ["By day", "By hour", "Tiers", "Many series", "Spikes", "Plans"])
def test_a_filter_that_matches_nothing_is_said_so(desk, show):
    app = desk(show=show, product="Gone")
    assert not app.exception
    assert not app.error
    assert "Gone" in texts(app)


# ------------------------------------------------------------------------------------------------- calendar events


def test_events_page_offers_the_burst_and_keeps_what_is_labelled(desk, tmp_path):
    app = desk(EVENTS)
    told = whole(app)
    day = (START + pd.Timedelta(days=DAYS - 10)).date()
    assert f"Atlas: {day:%a %-d %b %Y}" in told
    number = next(n for n, button in enumerate([b for b in app.button if b.label == "Add as event"]) if n >= 0)
    next(
        button for button in app.button if button.key == f"label_{number}_{_offered(tmp_path)[number].spike.start}"
    ).click().run()
    told = whole(app)
    assert "is added" in told
    saved = events.stored(dataset(tmp_path))
    assert len(saved) == 1
    assert saved[0].kind == "outage"
    assert "brought" in told


def _offered(tmp_path):
    return events.offered(Warehouse(dataset(tmp_path)), ())


def test_a_planned_event_changes_the_forecast_and_is_explained(desk, tmp_path, monkeypatch):
    quick = lambda *given, progress=None, cancelled=None, **rest: quick_forecast(*given, **rest)  # noqa: E731
    monkeypatch.setattr(race, "forecast", quick)
    before = {card.label: card.value for card in desk().metric}["Next 4 weeks"]
    events.save(dataset(tmp_path), [CalendarEvent("campaign", date(2026, 6, 8), 5, uplift=0.5, label="Spring sale")])
    app = desk()
    told = whole(app)
    after = {card.label: card.value for card in app.metric}["Next 4 weeks"]
    assert int(after.replace(",", "")) > int(before.replace(",", ""))
    assert "Spring sale (campaign, 8 Jun 2026): about" in told


def test_the_table_gives_the_events_back():
    known = (
        CalendarEvent("outage", date(2026, 1, 5)),
        CalendarEvent("launch", date(2026, 2, 3), 2, 3.5, 0.4, (("L1", 0.6), ("L2", 0.4)), "Beam 2", "Beam"),
    )
    frame = forecast_events.frame_of(known)
    assert forecast_events.events_of(frame) == known
    empty = pd.DataFrame([dict.fromkeys(frame.columns)])
    assert forecast_events.events_of(pd.concat([frame, empty], ignore_index=True)) == known
    assert forecast_events.events_of(frame.head(0)) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": None}, "Row 1 is not complete"),
        ({"kind": None}, "Row 1 is not complete"),
        ({"tier_mix": "half"}, "Row 1 is not an event"),
        ({"tier_mix": "L1 50 %"}, "Row 1: The tier mix"),
        ({"uplift": -300}, "Row 1: An uplift"),
    ],
)
def test_a_row_that_is_no_event_is_named(change, words):
    frame = forecast_events.frame_of([CalendarEvent("outage", date(2026, 1, 5))]).astype(object)
    for name, value in change.items():
        frame.loc[0, name] = value
    with pytest.raises(InputError, match=words):
        forecast_events.events_of(frame)


def test_spikes_now_is_what_the_overview_gets(desk, tmp_path):
    from pages._kit.forecasting import shared as forecasting
    from pages._kit.view import View

    told = forecasting.spikes_now(View(dataset(tmp_path), Filters()))
    assert told.stories
    assert told.stories == spikes.under_way(Warehouse(dataset(tmp_path))).stories
    assert all(story.sentence for story in told.stories)


def test_the_table_of_days_is_for_people():
    points = pd.DataFrame({
        "at": pd.to_datetime(["2026-03-01"]), "mean": [10.0449], "low80": [8.25001], "high80": [12.0],
        "low95": [5.149], "high95": [15.0],
    })  # fmt: skip
    table = forecast_cards.days_table(points)
    assert list(table.columns) == ["day", "forecast", "80 % from", "80 % to", "95 % from", "95 % to"]
    assert table.iloc[0].tolist() == [pd.Timestamp("2026-03-01"), 10.0, 8.3, 12.0, 5.1, 15.0]
