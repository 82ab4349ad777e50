"""What is ahead of a dataset: forecasts kept and found again, events, plans, tiers, groups, spikes, hours; a second way each."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics import daily, outlook
from analytics.__main__ import main
from analytics.ahead import events, groups, hours, kept, plans, spikes, tiers
from analytics.errors import InputError, NotEnoughData
from analytics.forecasting import shelf
from analytics.forecasting.calendar_events import CalendarEvent
from analytics.forecasting.profile import week_profile
from analytics.forecasting.race import quick_forecast
from analytics.forecasting.result import Forecast
from analytics.model import Filters
from analytics.warehouse.store import Home, Warehouse
from tests.desk import DAYS, LAUNCH, START, made_log, put


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def warehouse(home):
    return put(home, "desk", made_log())


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return put(tmp_path_factory.mktemp("small"), "small", made_log(60, burst=False)).dataset.folder


@pytest.fixture
def fresh(small, tmp_path):
    """A small dataset of its own, for tests that write."""
    shutil.copytree(small, tmp_path / "datasets" / "small")
    return Warehouse(Home(tmp_path).get("small"))


# ------------------------------------------------------------------------------------------------ kept results


def test_a_record_gives_the_same_forecast_back():
    counts = pd.Series(np.random.default_rng(3).poisson(20, 120), index=pd.date_range("2026-01-01", periods=120))
    told = quick_forecast(counts, 14)
    back = Forecast.from_record(json.loads(json.dumps(told.to_record())))
    assert back.to_json() == told.to_json()
    assert np.array_equal(back.sample_paths(50, seed=1), told.sample_paths(50, seed=1))
    pd.testing.assert_frame_equal(back.by_week, told.by_week, check_dtype=False)
    assert back.data_end == told.data_end


def test_a_short_record_keeps_what_is_not_known():
    told = quick_forecast(pd.Series([3.0, 4.0], index=pd.date_range("2026-01-01", periods=2)), 7)
    back = Forecast.from_record(json.loads(json.dumps(told.to_record())))
    assert back.to_json() == told.to_json()
    assert back.backtest[0].wape is None
    assert back.by_week.empty


def test_a_kept_forecast_is_found_by_selection_and_horizon(fresh):
    counts, _ = daily.daily_counts(fresh)
    told = quick_forecast(counts, 7)
    assert kept.find(fresh.dataset, Filters(), 7) is None
    assert kept.keep(fresh.dataset, Filters(), 7, counts, told)
    found = kept.find(fresh.dataset, Filters(), 7)
    assert found is not None
    assert found.fresh
    assert found.forecast.to_json() == told.to_json()
    assert kept.told(fresh.dataset, Filters(), 7) == told.to_dict()
    assert kept.find(fresh.dataset, Filters(), 14) is None
    assert kept.find(fresh.dataset, Filters(products=("Beam",)), 7) is None
    assert outlook.forecast_dataset(fresh, 7).to_json() == told.to_json()  # no race is run for what is kept


def test_a_new_version_makes_it_old_unless_the_counts_are_the_same(fresh):
    counts, _ = daily.daily_counts(fresh)
    kept.keep(fresh.dataset, Filters(), 7, counts, quick_forecast(counts, 7))
    after = replace(fresh.dataset, version=2)
    found = kept.find(after, Filters(), 7)
    assert found is not None
    assert not found.fresh
    assert found.version == 1
    assert kept.told(after, Filters(), 7) is None
    same = kept.find(after, Filters(), 7, counts)
    assert same is not None
    assert same.fresh
    more = kept.find(
        after, Filters(), 7, pd.concat([counts, pd.Series([9.0], index=[counts.index[-1] + pd.Timedelta(days=1)])])
    )
    assert more is not None
    assert not more.fresh


def test_editing_the_events_makes_it_old(fresh):
    counts, _ = daily.daily_counts(fresh)
    kept.keep(fresh.dataset, Filters(), 7, counts, quick_forecast(counts, 7))
    events.save(fresh.dataset, [CalendarEvent("outage", date(2026, 2, 2))])
    found = kept.find(fresh.dataset, Filters(), 7, counts)
    assert found is not None
    assert not found.fresh


def test_damaged_files_and_read_only_folders(fresh, monkeypatch):
    counts, _ = daily.daily_counts(fresh)
    told = quick_forecast(counts, 7)
    kept.keep(fresh.dataset, Filters(), 7, counts, told)
    file = next(kept.folder_of(fresh.dataset).glob("result-*.json"))
    file.write_text(file.read_text()[:-20])
    assert kept.find(fresh.dataset, Filters(), 7) is None
    gone = replace(fresh.dataset, folder=fresh.dataset.folder / "deleted")
    assert not kept.keep(gone, Filters(), 7, counts, told)
    assert not gone.folder.exists()  # a deleted dataset does not come back


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(start=date(2026, 1, 2), end=date(2026, 2, 3), tiers=("L1",), products=("A", "B")),
        Filters(
            teams=("x",), priorities=("p",), categories=("c",), channels=("d",), custom=(("Region", ("EU", "US")),)
        ),
    ],
)
def test_filters_come_back_from_their_record(filters):
    assert kept.filters_from(json.loads(json.dumps(kept.filters_record(filters)))) == filters


def test_the_shelf_keeps_the_latest_files(tmp_path):
    folder = tmp_path / "forecasts"
    for number in range(5):
        shelf.write(folder / f"result-{number}.json", number)
        os.utime(folder / f"result-{number}.json", (1000 + number, 1000 + number))
    shelf.write(folder / "plan-a.json", {})
    shelf.sweep(folder, "result-*.json", most=2)
    assert sorted(path.name for path in folder.iterdir()) == ["plan-a.json", "result-3.json", "result-4.json"]
    assert shelf.read(folder / "result-4.json") == 4
    assert shelf.slug("Q1 plan") != shelf.slug("Q1-plan")


# ------------------------------------------------------------------------------------------------------ events


def test_a_launch_is_learnt_on_its_own_product(warehouse):
    """Beam has 8 tickets on a working day; the launch adds 150 % on the first day, halving every 3 days."""
    launch = CalendarEvent("launch", LAUNCH, 1, 3.0, label="Beam 2", product="Beam")
    told = events.learned(warehouse, [launch])
    one = told.measured[0]
    assert one.observed_uplift == pytest.approx(1.5, abs=0.6)
    assert 0 < one.shrunk_uplift < one.observed_uplift
    counts, _ = daily.daily_counts(warehouse, Filters(products=("Beam",)))
    shape = np.where(counts.index.date >= LAUNCH, 0.5 ** ((counts.index - pd.Timestamp(LAUNCH)).days / 3), 0)
    usual = counts[counts.index < pd.Timestamp(LAUNCH)].tail(56)
    base = usual.groupby(usual.index.day_of_week).median().reindex(counts.index.day_of_week).to_numpy()
    days = shape >= 0.02
    by_hand = float(np.sum((shape * (counts - base))[days]) / np.sum((shape**2 * base)[days]))
    assert one.observed_uplift == pytest.approx(by_hand, rel=0.3)
    assert told.kinds[0].kind == "launch"
    assert told.kinds[0].events == 1


def test_a_planned_event_has_its_products_part_of_all_tickets(warehouse):
    planned = CalendarEvent("launch", date(2026, 6, 10), 1, 3.0, uplift=1.0, label="Beam 3", product="Beam")
    mine = events.events_for(warehouse, Filters(), [planned])
    beam, all_of_it = (
        daily.daily_counts(warehouse, one)[0].tail(56).sum() for one in (Filters(products=("Beam",)), Filters())
    )
    assert mine[0].uplift == pytest.approx(beam / all_of_it)
    assert events.events_for(warehouse, Filters(products=("Beam",)), [planned])[0].uplift == 1.0
    assert events.events_for(warehouse, Filters(products=("Atlas",)), [planned]) == ()
    assert events.events_for(warehouse, Filters(), [replace(planned, product="Gone")]) == ()


def test_a_tier_mix_moves_the_tier_that_it_names(warehouse):
    """The extra visits are all in L2, which usually gets a quarter of the visits: four times the uplift there, none at L1."""
    planned = CalendarEvent("outage", date(2026, 6, 10), uplift=0.5, tier_mix=(("L2", 1.0),))
    usual = events.tier_visits_mix(warehouse, "", date(2026, 6, 3))
    assert events.events_for(warehouse, Filters(tiers=("L2",)), [planned])[0].uplift == pytest.approx(0.5 / usual["L2"])
    assert events.events_for(warehouse, Filters(tiers=("L1",)), [planned])[0].uplift == 0
    assert events.events_for(warehouse, Filters(), [planned])[0].uplift == 0.5


def test_the_extra_tickets_are_what_the_forecast_has_more(warehouse):
    planned = (CalendarEvent("campaign", date(2026, 6, 8), 3, 0.0, uplift=0.4),)
    counts, _ = daily.daily_counts(warehouse)
    with_it, without = quick_forecast(counts, 14, events=planned), quick_forecast(counts, 14)
    told = events.effects_table(counts, planned, with_it).iloc[0]
    assert told["extra_tickets"] == pytest.approx((with_it.points["mean"] - without.points["mean"]).sum(), rel=1e-9)
    assert told["peak_uplift"] == pytest.approx(0.4)
    assert "+40 %" in told["sentence"]


def test_spikes_are_offered_once_and_not_where_an_event_explains_them(warehouse):
    offered = events.offered(warehouse, [])
    burst = [one for one in offered if one.spike.start == (START + pd.Timedelta(days=DAYS - 10)).date()]
    assert [one.product for one in burst] == ["Atlas"]
    assert burst[0].spike.extra_count == pytest.approx(40, abs=12)
    labelled = replace(burst[0].spike.labelled("outage"), product="Atlas")
    assert all(one.spike.start != labelled.start for one in events.offered(warehouse, [labelled]))


def test_events_are_kept_with_the_dataset(fresh):
    assert events.stored(fresh.dataset) == ()
    two = [CalendarEvent("outage", date(2026, 2, 2)), CalendarEvent("launch", date(2026, 1, 2), product="Beam")]
    events.save(fresh.dataset, [*two, two[0]])
    assert events.stored(replace(fresh.dataset, version=9)) == (two[1], two[0])
    assert len(events.shipped()) == 4


# ------------------------------------------------------------------------------------------------------- plans


def test_a_plan_is_scored_by_its_locked_numbers(warehouse):
    until = Filters(end=(START + pd.Timedelta(days=DAYS - 29)).date())
    counts, _ = daily.daily_counts(warehouse)
    told = quick_forecast(counts[counts.index <= pd.Timestamp(until.end)], 28)
    locked = plans.lock(warehouse, "Spring", 28, until, told)
    score = plans.score(warehouse, plans.find(warehouse.dataset, "Spring"))
    came = counts.tail(28).to_numpy()
    mean = told.points["mean"].to_numpy()
    assert score.scored_days == 28
    assert score.wape == pytest.approx(np.abs(came - mean).sum() / came.sum())
    assert score.bias == pytest.approx((mean - came).sum() / came.sum())
    table = plans.scores_table(warehouse, plans.plans(warehouse.dataset)).iloc[0]
    assert table["planned"] == pytest.approx(mean.sum())
    assert table["came"] == came.sum()
    with pytest.raises(InputError, match="already"):
        plans.lock(warehouse, "Spring", 28, until, told)
    with pytest.raises(InputError, match="Did you mean 'Spring'"):
        plans.find(warehouse.dataset, "Sprin")
    plans.delete(warehouse.dataset, locked.plan.name)
    assert plans.plans(warehouse.dataset) == ()


def test_a_plan_of_what_is_to_come_waits(fresh):
    counts, _ = daily.daily_counts(fresh)
    plans.lock(fresh, "Next", 7, Filters(), quick_forecast(counts, 7))
    row = plans.scores_table(fresh, plans.plans(fresh.dataset)).iloc[0]
    assert row["days_scored"] == 0
    assert "has come yet" in row["words"]
    assert row["wape"] is None


def test_an_edited_plan_is_refused(fresh):
    counts, _ = daily.daily_counts(fresh)
    plans.lock(fresh, "Next", 7, Filters(), quick_forecast(counts, 7))
    file = next(kept.folder_of(fresh.dataset).glob("plan-*.json"))
    told = json.loads(file.read_text())
    told["plan"] = told["plan"].replace('"name": "Next"', '"name": "Other"')
    file.write_text(json.dumps(told))
    with pytest.raises(InputError, match="changed after it was locked"):
        plans.plans(fresh.dataset)
    with pytest.raises(InputError, match="needs a name"):
        plans.lock(fresh, "  ", 7)


# ------------------------------------------------------------------------------------------------- command line


def test_the_command_line_tells_what_is_kept_and_scores_plans(fresh, capsys):
    root = str(fresh.dataset.folder.parent.parent)
    counts, _ = daily.daily_counts(fresh)
    told = quick_forecast(counts, 7)
    kept.keep(fresh.dataset, Filters(), 7, counts, told)
    assert main(["forecast", "--dataset", "small", "--horizon", "7", "--home", root]) == 0
    assert json.loads(capsys.readouterr().out) == told.to_dict()
    assert main(["forecast", "--dataset", "small", "--horizon", "7", "--home", root, "--lock", "Week"]) == 0
    assert json.loads(capsys.readouterr().out)["plan"] == "Week"
    assert main(["forecast", "--dataset", "small", "--home", root, "--plans"]) == 0
    assert [one["plan"] for one in json.loads(capsys.readouterr().out)] == ["Week"]
    assert main(["forecast", "--dataset", "small", "--home", root, "--score", "Week"]) == 2
    assert "has come yet" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------------- hours


def test_the_profile_is_that_of_the_created_hours(warehouse):
    log = made_log()
    created = log[log["kind"] == "created"]
    wanted = week_profile(pd.DataFrame({"at": created["at"].dt.tz_localize(None), "count": 1}), half_life_weeks=1e9)
    assert hours.profile_of(warehouse).shares == pytest.approx(wanted.shares, abs=0.01)  # the last week is left out


def test_a_whole_day_is_whole_and_half_a_day_is_not(warehouse, tmp_path):
    assert hours.unfinished_day(warehouse) is None
    half = put(tmp_path, "half", made_log(59, last_hour=12, burst=False))  # ends on a Wednesday at noon
    found = hours.unfinished_day(half)
    assert found is not None
    assert found.day == date(2026, 3, 4)
    assert 11.5 < found.elapsed_hours <= 12
    assert found.expected_rest == pytest.approx(22 * 0.6, rel=0.25)  # six of the ten hours are to come
    whole = hours.whole_days(Filters(), found)
    assert whole.end == date(2026, 3, 3)
    told = quick_forecast(daily.daily_counts(half, whole)[0], 7)
    today = hours.today(half, Filters(), told, found)
    came = daily.daily_counts(half)[0].iloc[-1]
    assert today.so_far == came
    assert today.low80 <= today.mean <= today.high80
    assert today.mean == pytest.approx(came + told.points["mean"].iloc[0] * 0.6, rel=0.25)
    assert hours.whole_days(Filters(end=date(2026, 2, 1)), found).end == date(2026, 2, 1)


def test_hours_of_a_day_add_up_to_its_forecast(warehouse):
    told = quick_forecast(daily.daily_counts(warehouse)[0], 14)
    by_hour = hours.by_hour(told, hours.profile_of(warehouse))
    sums = by_hour.groupby(by_hour["at"].dt.normalize())["mean"].sum()
    assert sums.to_numpy() == pytest.approx(told.points["mean"].to_numpy())


# ------------------------------------------------------------------------------------------------------- tiers


def test_flows_are_the_daily_visits(warehouse):
    entries, visits = tiers.flows(warehouse)
    for tier in ("L1", "L2"):
        counts, _ = daily.daily_counts(warehouse, Filters(), tier)
        assert visits[tier].tail(len(counts)).to_numpy() == pytest.approx(counts.to_numpy())
    assert entries["L1"].sum() == daily.daily_counts(warehouse)[0].sum()
    assert entries["L2"].sum() == 0


def test_tiers_add_up_and_follow_the_routing(warehouse, monkeypatch):
    """With the 8-week mean in the race's place: a third of L1 reaches L2, and totals are the sums of the tiers."""
    from analytics.forecasting import race

    quick = lambda *given, progress=None, cancelled=None, **rest: quick_forecast(*given, **rest)  # noqa: E731
    monkeypatch.setattr(race, "forecast", quick)
    told = tiers.forecast_tiers(warehouse, 14)
    by_day = told.points.groupby("at")["mean"].sum()
    assert told.total["mean"].to_numpy() == pytest.approx(by_day.to_numpy())
    sums = told.points.groupby("tier")["mean"].sum()
    assert sums["L2"] / sums["L1"] == pytest.approx(1 / 3, abs=0.04)
    shares = told.routing.set_index(["tier", "next"])["share"]
    assert shares["L1", "L2"] == pytest.approx(1 / 3, abs=0.03)
    assert shares["L2", "ended here"] == 1
    assert set(told.scores["tier"]) == {"L1", "L2"}
    assert told.scores["coherent_wape"].notna().all()
    assert told.scores["direct_part"].between(0, 1).all()
    assert (told.scores["together_wape"] <= told.scores[["coherent_wape", "direct_wape"]].max(axis=1) + 1e-9).all()
    again = tiers.find(warehouse, 14)
    assert again is not None
    assert again.fresh
    pd.testing.assert_frame_equal(again.points, told.points, check_dtype=False)


def test_an_event_with_a_tier_mix_enters_where_its_visits_come_out(warehouse):
    entries, visits = tiers.flows(warehouse)
    from analytics.warehouse import questions

    routing = tiers.routing_until(questions.routing_by_day(warehouse), list(visits.columns), visits.index[-1])
    planned = CalendarEvent("outage", date(2026, 6, 5), uplift=1.0, tier_mix=(("L2", 1.0),))
    extra = tiers._placed(entries, [planned], np.full(7, 20.0), routing)
    day = (pd.Timestamp("2026-06-05") - visits.index[-1]).days - 1
    assert extra[:, day, 1].mean() == pytest.approx(20, abs=1)
    assert extra.sum() == extra[:, day, 1].sum()


# ------------------------------------------------------------------------------------------------------ groups


def test_a_split_names_every_value_and_keeps_what_is_filtered(warehouse):
    found = groups.split(warehouse, Filters(products=("Beam",)), ("tier", "product"))
    assert list(found.selections) == ["L1 · Beam", "L2 · Beam"]
    assert found.selections["L2 · Beam"] == Filters(products=("Beam",), tiers=("L2",))
    with pytest.raises(ValueError, match="cannot be split by 'colour'"):
        groups.split(warehouse, Filters(), ("colour",))


def test_a_group_takes_what_is_kept_and_adds_up(warehouse):
    """Kept forecasts are taken without a race (workers would take seconds); the totals are those of the series."""
    found = groups.split(warehouse, Filters(), ("product",)).selections
    for one in found.values():
        counts, unit = daily.daily_counts(warehouse, one)
        kept.keep(warehouse.dataset, one, 28, counts, quick_forecast(counts, 28, unit=unit))
    told = groups.forecast_group(warehouse, {**found, "Nothing": Filters(products=("Gone",))}, 28)
    assert list(told) == ["Atlas", "Beam"]
    table = groups.table(warehouse, told, found).set_index("series")
    for name, one in found.items():
        counts, _ = daily.daily_counts(warehouse, one)
        assert table.loc[name, "last_total"] == counts.tail(28).sum()
        assert table.loc[name, "forecast_total"] == pytest.approx(told[name].points["mean"].sum())
        assert table.loc[name, "total_low80"] < table.loc[name, "forecast_total"] < table.loc[name, "total_high80"]
    assert groups.kept_group(warehouse, found, 28).keys() == found.keys()


def test_what_was_raced_among_many_is_not_a_series_own_forecast(fresh):
    """It stands apart on the shelf: taken where many are asked for, unless the series' own forecast is there."""
    counts, unit = daily.daily_counts(fresh)
    quick, own = (quick_forecast(counts, 28, unit=name) for name in ("raced among many", unit))
    kept.keep(fresh.dataset, Filters(), 28, counts, quick, lean=True)
    assert kept.find(fresh.dataset, Filters(), 28, counts) is None
    assert kept.told(fresh.dataset, Filters(), 28) is None
    assert groups.kept_group(fresh, {"all": Filters()}, 28)["all"].unit == "raced among many"
    kept.keep(fresh.dataset, Filters(), 28, counts, own)
    assert groups.kept_group(fresh, {"all": Filters()}, 28)["all"].unit == unit


# ------------------------------------------------------------------------------------------------------ spikes


def test_a_burst_is_told_once_with_its_cell_and_its_tickets(warehouse):
    told = spikes.under_way(warehouse)
    burst_day = (START + pd.Timedelta(days=DAYS - 10)).date()
    story = next(one for one in told.stories if one.day == burst_day)
    assert story.kind == "spike"
    assert {story.series, *story.also} >= {"Atlas", "L1"}
    cell = story.cells[0]
    assert cell["cell"]["channel"] == "phone"
    assert cell["count"] >= 40 > 5 * cell["expected"]
    assert f"phone: {cell['count']:.0f} where {cell['expected']:.0f} are usual" in story.sentence
    behind = spikes.tickets_behind(warehouse, story, cell)
    assert len(behind) == cell["count"]
    again = spikes.under_way(warehouse)
    assert again.stories == told.stories
    assert sum(one.day == burst_day for one in told.stories) == 1


def test_an_ordinary_month_has_no_news_and_an_empty_selection_no_watch(warehouse):
    quiet = spikes.under_way(warehouse, Filters(end=date(2026, 3, 20)))
    assert len(quiet.stories) <= 1
    assert "series watched" in quiet.words
    with pytest.raises(NotEnoughData):
        spikes.under_way(warehouse, Filters(products=("Gone",)))


def test_usual_counts_are_of_the_same_weekdays(warehouse):
    """What Atlas usually gets by phone is their mean over the same weekday of the eight weeks before the burst."""
    day = START + pd.Timedelta(days=DAYS - 10)
    log = made_log()
    phone = log[(log["kind"] == "created") & (log["channel"] == "phone") & (log["product"] == "Atlas")]
    before = [day - pd.Timedelta(weeks=week) for week in range(1, 9)]
    usual = sum((phone["at"].dt.normalize() == one).sum() for one in before) / 8
    cell = spikes.explained(warehouse, Filters(), day.date(), day.date())[0]
    assert cell["cell"] == {"product": "Atlas", "channel": "phone"}
    assert cell["expected"] == pytest.approx(usual)
    assert cell["count"] == (phone["at"].dt.normalize() == day).sum() > 40
