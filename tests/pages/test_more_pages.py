"""Bounces, backlog and targets, satisfaction, a ticket's story, settings: what they show, and what they say where they cannot."""

from __future__ import annotations

import json
from itertools import groupby

import numpy as np
import pandas as pd
import pytest

from analytics import roster
from analytics.calendars import Calendar, from_json
from analytics.ingest.importer import import_files
from analytics.ingest.mapping import Mapping, TierRules
from analytics.model import Filters
from analytics.targets import USUAL_TARGETS
from analytics.warehouse import questions
from analytics.warehouse.store import Home, Warehouse
from pages._kit.operations import shared
from tests.pages import small
from tests.pages.conftest import charts, texts

PAGES = {
    "pages/operations/bounces.py": 2,
    "pages/operations/backlog_and_sla.py": 4,  # no handoff waits, and too few tickets to say how far to trust the risks
    "pages/operations/teams.py": 3,
    "pages/operations/satisfaction.py": 2,
}


def rated() -> pd.DataFrame:
    """The small log with a rating on each third ticket: good unless the ticket was in L2."""
    log = small.events()
    climbed = set(log.loc[log["tier"] == "L2", "ticket_id"])
    third = log["ticket_id"].str[-3:].astype(int) % 3 == 0
    return log.assign(
        csat=np.where(third, np.where(log["ticket_id"].isin(climbed), "bad", "good"), None).astype(object)
    )


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """The small datasets and one with ratings; nobody writes to it."""
    folder = tmp_path_factory.mktemp("more_home")
    small.fill(folder)
    small.put(folder, "rated", rated())
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_its_charts_with_names(visit, page):
    app = visit(page, dataset="rated")
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert len(charts(app)) == PAGES[page]
    assert all(len(chart.alt) > 20 for chart in charts(app))
    assert not [word for word in ("nan", "None", "NaT", "inf ") if word in texts(app)]


@pytest.mark.parametrize("page", PAGES)
def test_what_is_behind_each_card_opens(visit, page):
    app = visit(page, dataset="rated")
    keys = [str(group.key) for group in app.button_group if str(group.key).startswith("more_")]
    assert len(keys) == PAGES[page]
    for key in keys:
        for opened in ("Table", "How is this computed?", "Tickets"):
            app.button_group(key=key).set_value(opened).run()
            assert not app.exception
            assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_a_filter_that_leaves_nothing_is_a_sentence(visit, page):
    app = visit(page, dataset="rated", product="Loud", period=["2020-01-01", "2020-02-01"])
    assert "No ticket matches these filters." in texts(app)
    assert charts(app) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_dataset_without_attributes_works(visit, page):
    app = visit(page, dataset="plain")
    assert not app.exception
    assert not app.error


def test_the_numbers_on_bounces_are_those_counted_from_the_log(visit):
    """Counted in plain Python: a return is a stay with a team after another stay has come between."""
    log = small.events()
    log["team"] = log["team"].fillna("")
    returned = set()
    for ticket, rows in log.groupby("ticket_id", sort=False):
        teams = [team for team, before in zip(rows["team"], ["", *rows["team"][:-1]], strict=True) if team != before]
        if len(set(teams)) < len(teams):
            returned.add(ticket)
    app = visit("pages/operations/bounces.py", dataset="sample")
    values = {metric.label: metric.value for metric in app.metric}
    assert len(returned) > 5
    assert values["Tickets that came back"] == str(len(returned))
    assert values["Share of tickets"] in (f"{len(returned) / 3:.0f} %", f"{len(returned) / 3:.1f} %")


def test_without_ratings_it_says_what_is_missing(visit):
    app = visit("pages/operations/satisfaction.py", dataset="sample")
    assert "This dataset holds no ratings." in texts(app)
    assert charts(app) == []


def test_satisfaction_by_hand(visit):
    """100 tickets of product Quiet are rated (numbers divisible by three): good where the ticket never was in L2."""
    log = rated()
    solved = set(log.loc[log["kind"] == "resolved", "ticket_id"])
    told = log[log["ticket_id"].isin(solved)].drop_duplicates("ticket_id")["csat"].dropna()
    app = visit("pages/operations/satisfaction.py", dataset="rated")
    values = {metric.label: metric.value for metric in app.metric}
    assert values["Ratings"] == str(len(told))
    assert values["Good ratings"] == f"{100 * (told == 'good').mean():.0f} %"


HANDED = ("no handoff", "1 handoff", "2 handoffs", "3 handoffs", "4 and more")


def solved_tickets(kept) -> pd.DataFrame:
    """The resolved tickets of the rated log that `kept` keeps, read off their events: rating, handoffs in words, path."""
    told = []
    for _, rows in rated().groupby("ticket_id"):
        if kept(rows.iloc[0]) and "resolved" in set(rows["kind"]):
            teams, path = ([name for name, _ in groupby(rows[column])] for column in ("team", "tier"))
            told.append((rows["csat"].iloc[0], HANDED[min(len(teams) - 1, 4)], " → ".join(path)))
    return pd.DataFrame(told, columns=["csat", "handed", "path"])


def rated_share(ratings: pd.Series) -> tuple[float, ...]:
    """Ratings, share of good ones, and Wilson's interval: where (share - p)^2 = z^2 p (1 - p) / n."""
    n, share, z2 = ratings.count(), (ratings == "good").sum() / ratings.count(), 1.959964**2
    low, high = sorted(np.roots([1 + z2 / n, -2 * share - z2 / n, share**2]).real)
    return int(n), share, low, high


def dots(chart) -> dict[str, tuple[float, ...]]:
    """What a chart of satisfaction shows by name: ratings, share of good ones, both ends of its interval."""
    found = {}
    for trace in json.loads(chart.spec)["data"]:
        share, spread = trace["x"][0], trace["error_x"]
        ratings = int(trace["hovertemplate"].partition(" of ")[2].partition(" ratings")[0])
        found[trace["y"][0]] = (ratings, share, share - spread["arrayminus"][0], share + spread["array"][0])
    return found


@pytest.mark.parametrize(
    ("address", "here", "there", "words"),
    [
        ({"priority": "high", "vs": "Another segment", "vs_by": "Priority", "vs_value": "low"},
         lambda row: row["priority"] == "high", lambda row: row["priority"] == "low", "priority low"),
        ({"period": ["2025-05-01", "2025-06-30"], "vs": "The period before"},
         lambda row: row["at"].month in (5, 6), lambda row: row["at"].month in (3, 4), "1 Mar 2025 – 30 Apr 2025"),
        ({"period": ["2025-04-01", "2025-06-30"], "vs": "Another period", "vs_period": ["2025-02-01", "2025-02-28"]},
         lambda row: row["at"].month in (4, 5, 6), lambda row: row["at"].month == 2, "1 Feb 2025 – 28 Feb 2025"),
    ],
)  # fmt: skip
def test_the_satisfaction_of_two_sides(visit, address, here, there, words):
    """Every number and dot of both sides, against the log's events counted in pandas."""
    sides = [solved_tickets(kept) for kept in (here, there)]
    app = visit("pages/operations/satisfaction.py", dataset="rated", **address)
    assert not app.exception
    assert not app.error
    wanted = [rated_share(side["csat"]) for side in sides]
    assert wanted[0] != wanted[1]
    assert [(metric.label, metric.value) for metric in app.metric] == [
        told
        for side, (ratings, share, _, _) in zip(sides, wanted, strict=True)
        for told in (
            ("Good ratings", f"{share:.0%}".replace("%", " %")), ("Ratings", str(ratings)),
            ("Response rate", f"{ratings / len(side):.0%}".replace("%", " %")),
        )
    ]  # fmt: skip
    said = texts(app)
    assert f"Compared with rated · {words}:" in said
    places = [said.index(f"95 %: {100 * low:.0f}–{100 * high:.0f} %") for _, _, low, high in wanted]
    assert places[0] < said.index("Compared with") < places[1]
    drawn = [dots(chart) for chart in charts(app)]
    for number, (by, side) in enumerate((by, side) for by in ("handed", "path") for side in sides):
        groups = {name: rated_share(told) for name, told in side.groupby(by)["csat"] if told.count()}
        assert drawn[number].keys() == groups.keys()
        for name, figures in groups.items():
            assert drawn[number][name] == pytest.approx(figures, abs=1e-6)


def test_satisfaction_is_put_together_from_counts_not_from_shares():
    """1 of 1 and 49 of 99 good are 50 of 100, and not the mean of 100 % and 49.5 %. Wilson's interval of 50/100 is published
    as 0.404 to 0.596."""
    frame = pd.DataFrame(
        {"path": ["L1", "L1"], "handoffs": [0, 1], "tickets": [10, 190], "rated": [1, 99], "good": [1, 49]}
    )
    row = shared.by_path(frame).iloc[0]
    assert row["csat"] == pytest.approx(0.5)
    assert row["response_rate"] == pytest.approx(0.5)
    assert (row["csat_low"], row["csat_high"]) == (pytest.approx(0.404, abs=5e-4), pytest.approx(0.596, abs=5e-4))


def test_targets_follow_urgency_and_stop_at_the_fourth():
    edited = {name: USUAL_TARGETS[rank] for rank, name in enumerate(("urgent", "high", "normal", "low"))}
    assert edited == {"urgent": (1, 8), "high": (4, 24), "normal": (8, 40), "low": (8, 80)}


def test_without_a_priority_there_are_no_targets_and_it_says_so(visit):
    app = visit("pages/operations/backlog_and_sla.py", dataset="plain")
    assert "Its tickets have no priority" in texts(app)
    assert len(charts(app)) == 2
    assert "No handoff is waiting to be picked up now." in texts(app)


def test_what_is_open_now_does_not_depend_on_the_period(visit):
    """Ten tickets of the log are never resolved: they are open now whatever period is looked at."""
    app = visit("pages/operations/backlog_and_sla.py", dataset="sample", period=["2025-02-01", "2025-03-01"])
    assert "of 10 open tickets" in texts(app)


def test_a_tickets_story(visit, home):
    warehouse = Warehouse(Home(home).get("sample"))
    climbed = questions.ticket_list(warehouse, Filters(tiers=("L3",))).iloc[0]["ticket_id"]
    stops = len(questions.ticket_visits(warehouse, climbed))
    warehouse.close()
    app = visit("pages/operations/ticket_story.py", dataset="sample", ticket=climbed)
    assert not app.exception
    assert f"{climbed}: {stops} stops" in texts(app)
    assert len(charts(app)) == 1
    assert len(app.dataframe) == 2


def test_an_unknown_ticket_is_a_sentence(visit):
    app = visit("pages/operations/ticket_story.py", dataset="sample", ticket="T-9999")
    assert "There is no ticket 'T-9999' in 'sample'." in texts(app)
    assert "Its tickets are named like T-299." in texts(app)


def test_without_a_ticket_it_asks_for_one(visit):
    assert "Type a ticket's number, for example T-" in texts(
        visit("pages/operations/ticket_story.py", dataset="sample")
    )


def test_a_story_without_tiers_has_its_teams(visit):
    app = visit("pages/operations/ticket_story.py", dataset="flat", ticket="T-001")
    assert not app.error
    assert "no tier" in json.dumps([chart.spec for chart in charts(app)])


def test_settings_of_a_dataset_that_no_import_made(visit):
    app = visit("pages/data/settings.py", dataset="sample")
    assert not app.error
    assert "its tiers are fixed" in texts(app)
    assert [button.disabled for button in app.button if button.key == "apply_hours"] == [False]


@pytest.fixture
def own(tmp_path, visit, monkeypatch) -> Home:
    """A home folder that a test may change."""
    small.put(tmp_path, "mine", small.events(30))
    monkeypatch.setenv("TIERSCOPE_HOME", str(tmp_path))
    return Home(tmp_path)


def test_working_hours_are_applied_by_the_button_and_told(own, visit):
    app = visit("pages/data/settings.py", dataset="mine")
    app.slider(key="hours_L2_mine_1").set_value((8, 12)).run()
    app.button(key="apply_hours").click().run()
    assert not app.error
    assert "Working hours were applied:" in texts(app)
    assert "L2 20 hours a week" in texts(app)
    dataset = own.get("mine")
    warehouse = Warehouse(dataset)
    week = from_json(questions.meta(warehouse)["calendars"])["L2"].week
    warehouse.close()
    assert dataset.version == 2
    assert week[0] == ((480, 720),)


def test_hours_that_the_slider_cannot_show_stay(own, visit):
    """A lunch break and half hours survive a change of another tier, and nothing is to apply before anything is changed."""
    broken = Calendar("Europe/Berlin", (((510, 720), (765, 1050)),) * 5 + ((), ()))
    roster.set_hours(own, "mine", dict.fromkeys(("L1", "L2", "L3"), broken))
    app = visit("pages/data/settings.py", dataset="mine")
    assert app.button(key="apply_hours").disabled
    app.slider(key="hours_L2_mine_2").set_value((8, 12)).run()
    app.button(key="apply_hours").click().run()
    warehouse = Warehouse(own.get("mine"))
    told = from_json(questions.meta(warehouse)["calendars"])
    warehouse.close()
    assert told["L1"] == told["L3"] == broken
    assert told["L2"].week[0] == ((480, 720),)


def test_a_country_without_known_holidays_is_a_sentence_and_changes_nothing(own, visit):
    app = visit("pages/data/settings.py", dataset="mine")
    app.text_input(key="country_L1_mine_1").set_value("QQ").run()
    app.button(key="apply_hours").click().run()
    assert "No holidays are known for 'QQ'." in texts(app)
    assert own.get("mine").version == 1


@pytest.fixture
def imported(tmp_path, visit, monkeypatch) -> Home:
    """A dataset made by an import from a file with teams and without tiers: all teams are L1 at first."""
    log = small.events(60).drop(columns=["tier", "subject"])
    log.to_csv(tmp_path / "log.csv", index=False)
    columns = {name: (name,) for name in ("ticket_id", "at", "kind", "team", "product", "priority", "channel")}
    mapping = Mapping("own", "events", columns=columns, tiers=TierRules(default="L1"))
    home = Home(tmp_path / "home")
    import_files([tmp_path / "log.csv"], "mine", home=home, mapping=mapping)
    monkeypatch.setenv("TIERSCOPE_HOME", str(home.folder))
    return home


def test_suggested_tiers_are_applied_by_the_button_and_the_changes_are_named(imported, visit):
    app = visit("pages/data/settings.py", dataset="mine")
    version = imported.get("mine").version
    app.toggle(key=f"settings_suggest_mine_{version}").set_value(True).run()
    assert imported.get("mine").version == version
    app.button(key="apply_tiers").click().run()
    assert not app.error
    assert "Engineering (L1 to L3)" in texts(app)
    assert imported.get("mine").version == version + 1
    warehouse = Warehouse(imported.get("mine"))
    teams = questions.teams(warehouse)
    warehouse.close()
    assert dict(zip(teams["team"], teams["tier"], strict=True))["Engineering"] == "L3"


def test_a_roster_is_taken_and_told(own, visit):
    app = visit("pages/data/settings.py", dataset="mine")
    assert "No roster yet" in texts(app)
    given = b"date,tier,hours\n2025-01-06,L1,32\n2025-01-07,L2,8.5\n"
    app.file_uploader(key="roster_file_mine_1").set_value(("roster.csv", given, "text/csv")).run()
    app.button(key="apply_roster").click().run()
    assert not app.error
    assert "40 hours of L1, L2 from 6 Jan 2025 to 7 Jan 2025, 2 rows" in texts(app)
    warehouse = Warehouse(own.get("mine"))
    weeks = questions.roster_by_week(warehouse)
    warehouse.close()
    assert dict(zip(weeks["tier"], weeks["hours"], strict=True)) == {"L1": 32, "L2": 8.5}


def test_a_roster_that_cannot_be_read_names_the_line_and_changes_nothing(own, visit):
    app = visit("pages/data/settings.py", dataset="mine")
    given = b"date,tier,hours\n2025-01-06,L9,32\n"
    app.file_uploader(key="roster_file_mine_1").set_value(("roster.csv", given, "text/csv")).run()
    app.button(key="apply_roster").click().run()
    assert "Line 2 of roster.csv has no readable tier." in texts(app)
    assert own.get("mine").version == 1
