"""Every number opens to its definition, the query that ran and its tickets; what rests on too little is grey and says so."""

from __future__ import annotations

import pytest

from analytics.breach import open_risks
from analytics.model import Filters
from analytics.targets import targets_of
from analytics.warehouse import questions
from analytics.warehouse.store import Home, Warehouse
from pages._kit import cached, cards, definitions, kpis
from pages._kit.operations import backlog, bounces, latency, shared
from pages._kit.operations.latency import Choice
from pages._kit.view import View
from tests.pages.conftest import texts

CHOICE = Choice(30.0, "calendar")


@pytest.fixture
def seen(home, monkeypatch) -> View:
    monkeypatch.setenv("TIERSCOPE_HOME", str(home))
    return View(Home(home).get("sample"), Filters())


@pytest.fixture
def warehouse(home):
    opened = Warehouse(Home(home).get("sample"))
    yield opened
    opened.close()


def rows_of(seen: View) -> list[cards.Kpi]:
    return [
        *kpis.overview(seen, kpis.compared(seen)),
        *latency.numbers_on_top(seen, CHOICE),
        *bounces.numbers_on_top(seen),
    ]


def test_every_number_has_a_definition_a_query_and_a_list(seen):
    found = rows_of(seen)
    assert len(found) == 18
    for kpi in found:
        assert kpi.metric in definitions.ALL
        assert kpi.asked is not None, kpi.label
        assert kpi.listed is not None, kpi.label
        assert "SELECT" in seen.ask(kpi.asked[0], **kpi.asked[1]).sql
        assert "ticket_id" in seen.frame(kpi.listed.question, **kpi.listed.options)


def test_the_lists_are_as_long_as_the_numbers_say(seen, warehouse):
    """Escalated from L1, handoffs not picked up in time, tickets that came back: the list is what the number counts."""
    by_label = {kpi.label: kpi for kpi in rows_of(seen)}

    def listed(label: str) -> int:
        kpi = by_label[label]
        assert kpi.listed is not None
        return len(getattr(questions, kpi.listed.question)(warehouse, most=10_000, **kpi.listed.options))

    tiers = questions.tiers(warehouse).set_index("tier")
    waits = questions.handoff_latency(warehouse, by="all").iloc[0]
    assert listed("Escalated from L1") == tiers.loc["L1", "escalated"] > 30
    assert listed("Not acknowledged") == waits["unacknowledged"] - waits["still_open"] > 0
    assert listed("Waiting now") == waits["still_open"]
    assert listed("Tickets that came back") == questions.bounces(warehouse)["team_tickets"].iloc[0] > 0


def test_a_chosen_number_opens_on_the_page(visit):
    app = visit(dataset="sample")
    assert not app.code
    app.selectbox(key="behind_overview").select("Escalated from L1").run()
    assert not app.exception
    assert "FROM" in app.code[0].value
    assert "Wilson" in texts(app) or "escalat" in texts(app)
    assert set(app.dataframe[0].value["reason"]) == {"Escalated from L1"}


def test_numbers_that_rest_on_too_little_are_grey_and_say_so(visit, home):
    """Ten days hold about fourteen tickets: shares of them say little, the count itself is a count."""
    few = visit(dataset="sample", period=["2025-02-01", "2025-02-10"])
    small = [note.value for note in few.caption if cards.FEW in note.value.replace("\\", "")]
    assert len(small) >= 3
    assert cards.FEW not in texts(visit(dataset="sample"))


def test_the_chance_to_be_late_shows_the_query_that_ran(seen, warehouse):
    """Run again by hand, the query gives the tickets that the chart counts."""
    targets = shared.targets_of(seen)
    card = backlog.risk(seen, targets)
    assert card.answer.sql
    again = warehouse.frame(card.answer.sql, card.answer.params)
    assert len(again) == len(card.table) == len(open_risks(warehouse, Filters(), targets_of(warehouse))) > 0


def test_long_lists_of_bound_values_are_told_by_their_length():
    assert cards._short([7] * 40) == "40 values, such as 7"
    assert cards._short(["a", "b"]) == ["a", "b"]
    assert cards._short(3) == 3


def test_teams_to_choose_from_stand_as_people_count(tmp_path, monkeypatch):
    from tests.pages import small

    log = small.events(60)
    teams = {name: f"Group {number}" for name, number in zip(sorted(set(log["team"])), (10, 9, 2, 76), strict=True)}
    small.put(tmp_path, "groups", log.assign(team=log["team"].map(teams)))
    monkeypatch.setenv("TIERSCOPE_HOME", str(tmp_path))
    values = cached.about(Home(tmp_path).get("groups"))["values"]
    assert values["team"] == ["Group 2", "Group 9", "Group 10", "Group 76"]
