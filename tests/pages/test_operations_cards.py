"""What the operations pages draw and where a click leads, on frames small enough to check by hand."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from analytics.charts import icicle, incidence, latency, operations, people, risks, tiers
from analytics.errors import FilterError
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.store import Home, Warehouse
from pages._kit import kpis
from pages._kit.operations import attention, flow, latency as operating_latency, mix, people as operating_people, shared
from pages._kit.operations.latency import Choice
from pages._kit.operations.pulse import NOTHING, Pulse
from pages._kit.view import View
from tests.pages.conftest import charts, texts

PATHS = pd.DataFrame({"path": ["L1", "L1>L2", "L1>L2>L1", "L2"], "tickets": [60, 20, 15, 5]})


@pytest.fixture
def warehouse(home):
    opened = Warehouse(Home(home).get("sample"))
    yield opened
    opened.close()


@pytest.fixture
def seen(home, monkeypatch) -> View:
    monkeypatch.setenv("TIERSCOPE_HOME", str(home))
    return View(Home(home).get("sample"), Filters())


# ── The icicle ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_beginnings_of_ways():
    """
    L1 95 of which 60 go no further, L1>L2 35 of which 20, L1>L2>L1 15; L2 5.
    """
    told = icicle.nodes(PATHS).set_index("path")
    assert told["tickets"].to_dict() == {"L1": 95, "L1>L2": 35, "L1>L2>L1": 15, "L2": 5}
    assert told["ended"].to_dict() == {"L1": 60, "L1>L2": 20, "L1>L2>L1": 15, "L2": 5}
    assert told.loc["L1>L2>L1", "parent"] == "L1>L2"
    assert told["stop"].to_dict() == {"L1": 1, "L1>L2": 2, "L1>L2>L1": 3, "L2": 1}


@pytest.mark.parametrize("seed", range(3))
def test_bars_fill_their_parents_and_never_overlap(seed):
    rng = np.random.default_rng(seed)
    ways = {">".join(f"L{tier}" for tier in rng.integers(1, 4, rng.integers(1, 9))) for _ in range(60)}
    paths = pd.DataFrame({"path": sorted(ways), "tickets": rng.integers(1, 50, len(ways))})
    told = icicle.placed(icicle.nodes(paths)).set_index("path")
    for path, row in told.iterrows():
        below = told[told["parent"] == path].sort_values("top")
        if row["stop"] < icicle.MOST_STOPS:
            assert below["tickets"].sum() + row["ended"] == row["tickets"]
        edges = [row["top"], *(below["top"] + below["tickets"])]
        assert (below["top"].to_numpy() == np.array(edges[:-1])).all()
        assert edges[-1] <= row["top"] + row["tickets"]


def test_a_click_on_a_bar_leads_to_its_tickets(warehouse):
    """Every bar of the icicle leads to as many tickets as it stands for."""
    figure = icicle.path_icicle(questions.paths(warehouse))
    bars = [(told, height) for trace in figure.data for told, height in zip(trace.customdata, trace.y, strict=True)]
    assert len(bars) > 4
    for told, height in bars:
        found = flow.began({"customdata": list(told)})
        assert found is not None
        assert len(questions.ticket_list(warehouse, most=10_000, **found[1])) == height
    assert flow.began({"customdata": "x"}) is None


# ── How visits end ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_incidence_chart_stacks_to_what_has_ended(warehouse):
    frame = questions.escalation_incidence(warehouse)
    figure = incidence.incidence(frame, "L1")
    last = {trace.name: trace.y[-1] for trace in figure.data if trace.stackgroup}
    at = incidence.at_day(frame, "L1", 28)
    assert sum(last.values()) == pytest.approx(sum(at.values()))
    assert last["escalated"] == pytest.approx(at["escalated"])
    matured = questions.matured_escalation(warehouse).set_index("tier")["matured_rate"]
    assert incidence.at_day(frame, "L1")["escalated"] == pytest.approx(matured["L1"], abs=1e-9)
    assert "are resolved there within 14 days" in incidence.title(frame, "L1")
    assert incidence.title(frame, "L0") == "No ticket of this selection reached L0"


# ── Waits ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_click_on_a_group_leads_to_its_handoffs(warehouse, seen):
    for by in ("tier_pair", "receiving_team", "team_pair"):
        frame = questions.handoff_latency(warehouse, by=by)
        for row in frame.to_dict("records"):
            words, options = operating_latency.of_group(row["from_key"], row["to_key"])
            assert len(questions.worst_handoffs(warehouse, by=by, most=10_000, **options)) == row["handoffs"]
            assert words[0].isupper() or words[0] == "T"


def test_the_wait_now_against_the_rule_by_hand():
    """Ten wait, four of them for longer than the rule; one ticket had no event for a month."""
    frame = pd.DataFrame({
        "from_key": ["L1", "L2"], "to_key": ["L2", "L3"], "waiting": [7, 3], "overdue": [2, 2], "stale": [0, 1],
        "longest_hours": [3.0, 50.0],
    })  # fmt: skip
    told = latency.open_title(frame, 30)
    assert told == "10 handoffs wait to be picked up now, 4 of them longer than 30 min; 1 had no event for 30 days"
    figure = latency.open_now(frame, 30)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [list(trace.x) for trace in bars] == [[2, 2], [5, 1]]
    assert latency.open_title(frame.head(0), 30) == "No handoff is waiting to be picked up"


def test_an_hour_of_the_week_leads_to_its_handoffs(warehouse):
    frame = questions.latency_heatmap(warehouse)
    row = frame.sort_values("handoffs").iloc[-1]
    point = {"y": latency.WEEKDAYS[int(row["weekday"])], "x": int(row["hour"])}
    found = operating_latency._hour(Choice(30, "calendar"), point)
    assert found is not None
    assert len(questions.worst_handoffs(warehouse, most=10_000, **found[1])) == row["handoffs"]


# ── The mix ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_value_leads_to_its_tickets(warehouse):
    for dimension in ("product", "team"):
        frame = questions.mix_by(warehouse, dimension=dimension).drop_duplicates("value")
        for row in frame.to_dict("records"):
            options = mix.reason_for(dimension, row["value"])
            assert options is not None
            assert len(questions.ticket_list(warehouse, most=10_000, **options)) == row["tickets"]
    assert mix.reason_for("product", "(not given)") is None
    with pytest.raises(FilterError):
        questions.ticket_list(warehouse, reason="extra", dimension="region", value="x")


def test_young_periods_are_drawn_apart_and_told():
    """Two months grown, the last one with a fifth of its tickets still open."""
    months = pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"])
    frame = pd.DataFrame({
        "period": months, "tier": "L1", "share": [0.8, 0.7, 0.9], "resolved": [80, 70, 72], "all_resolved": [100, 100, 80],
        "created": [100, 100, 100], "open_share": [0.0, 0.0, 0.2],
    })  # fmt: skip
    figure = tiers.tier_mix_over_time(frame)
    grown, young = figure.data[0], figure.data[1]
    assert [str(day)[:10] for day in grown.x] == ["2025-01-01", "2025-02-01"]
    assert [str(day)[:10] for day in young.x] == ["2025-02-01", "2025-03-01"]
    assert young.line.dash == "dot"
    assert tiers.young_words(frame).startswith("From 1 Mar 2025 on")
    assert "mature" in tiers.young_words(frame.head(2))


# ── Changes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def pulse(now: list[int], before: list[int]) -> Pulse:
    """Four weeks and four before, each of 100 tickets, of which so many were good."""
    weeks = pd.DataFrame({"week_no": range(8), "good": [*now[::-1], *before[::-1]], "tickets": 100})
    return Pulse(weeks, 4)


def test_a_change_within_noise_says_so_and_has_no_colour():
    told = pulse([50, 51, 49, 52], [50, 50, 49, 51]).of_share("good", "tickets")
    assert told.text == "+0.5 points, within noise"
    assert told.way("up") == "either"
    clear = pulse([70, 71, 69, 72], [50, 50, 49, 51]).of_share("good", "tickets")
    assert clear.text == "+20.5 points"
    assert clear.way("up") == "up"
    assert clear.spread == "change +14 to +27 points (95 %)"


@pytest.mark.parametrize(
    "period", [(None, None), (date(2025, 2, 1), date(2025, 7, 20)), (date(2025, 1, 10), date(2025, 1, 30))]
)
def test_the_last_half_year_is_all_that_the_changes_need(seen, warehouse, period):
    """The weeks that are drawn and compared are those of the whole history, which is not read."""
    view = View(seen.dataset, Filters(start=period[0], end=period[1]))
    windows = kpis.compared(view)
    told = Pulse.of(view, windows, "L1").weeks.set_index("week_no")
    anchor = windows.now.end if windows else None
    whole = questions.weekly_pulse(warehouse, view.filters, anchor=anchor, tier="L1").set_index("week_no")
    drawn = whole[whole.index < 26]
    assert bool(len(drawn)) == (period[1] != date(2025, 1, 30))
    columns = ["tickets", "resolved", "first_level", "touched_l1", "escalated_l1", "resolve_hours", "in_time", "due"]
    pd.testing.assert_frame_equal(told.loc[told.index < 26, columns], drawn[columns], check_dtype=False)
    without = questions.weekly_pulse(warehouse, view.filters, anchor=anchor).set_index("week_no")
    counts = [name for name in columns if name != "resolve_hours"]
    pd.testing.assert_frame_equal(whole[counts], without[counts])


def test_too_little_to_compare_has_no_change():
    few = Pulse(pd.DataFrame({"week_no": range(8), "good": 1, "tickets": 3}), 4)
    assert few.of_share("good", "tickets") == NOTHING
    assert few.of_mean("tickets") == NOTHING
    assert Pulse(few.weeks, None).of_mean("tickets") == NOTHING
    assert few.history("good", "tickets") == pytest.approx([1 / 3] * 8)


# ── Loops, risks, people, stories ────────────────────────────────────────────────────────────────────────────────────────


def test_the_share_of_delay_by_hand():
    """100 tickets of 10 h and 10 of 100 h, half of which was away: 500 of 2,000 h."""
    frame = pd.DataFrame({
        "loops": [0, 1], "tickets": [100, 10], "resolve_hours": [1e3, 1e3], "away_hours": [0.0, 500.0],
        "p50_hours": [9.0, 90.0],
    })  # fmt: skip
    assert operations.delay_share(frame) == pytest.approx(0.25)
    assert operations.loop_delay_title(frame).startswith("9.1 % of resolved tickets have a loop; loops carry 25 %")
    assert np.isnan(operations.delay_share(frame.head(0)))


def test_a_pair_of_teams_leads_to_the_tickets_of_its_loops(warehouse):
    loops = questions.bounce_loops(warehouse)
    assert len(loops)
    for row in loops.to_dict("records"):
        told = questions.ticket_list(warehouse, reason="loop", team=row["team"], other=row["other_team"], most=10_000)
        assert len(told) == row["tickets"]


def test_every_open_ticket_is_in_one_band():
    told = risks.banded(pd.DataFrame({
        "p_breach": [0.0, 0.1, 0.59, 0.6, 1.0, 1.0, np.nan], "already_breached": [False] * 5 + [True, False], "tier": "L1",
    }))  # fmt: skip
    assert list(told["band"]) == [
        "under 10 %", "10–30 %", "30–60 %", "60 % and more", "60 % and more", risks.LATE, risks.UNKNOWN
    ]  # fmt: skip
    assert risks.bands_title(told) == (
        "1 of 7 open tickets are late already; of the other 5, 2 are expected to miss their target"
    )


def test_people_are_in_alphabetical_order_and_nobody_is_named_in_a_title():
    rows = pd.DataFrame({
        "team": ["Zeta", "Alpha", "Mid", "Few"], "tier": "L1", "visits": [900, 800, 700, 4], "ended": [900, 800, 700, 4],
        "solved": [450, 640, 420, 1],
    })  # fmt: skip
    told = questions.people.with_shares(rows, {"solved": ("solved", "ended")})
    assert list(people.shown(told, "team", "ended")["team"]) == ["Alpha", "Few", "Mid", "Zeta"]
    title = people.title(told, "team", "solved", "Solved")
    assert title == "Solved: 2 of 4 teams differ from their tier by more than chance"
    assert not [name for name in rows["team"] if name in title]
    figure = people.profile(told, "team", "solved", "ended", "Solved")
    assert figure.data[0].marker.symbol[1] == "circle-open"


def test_agents_are_shown_only_where_there_are_enough_visits(seen):
    assert "holds no agents" in operating_people.agents_missing(seen)


def test_a_story_has_no_empty_cells_and_no_names_of_ours():
    at = pd.Timestamp("2026-01-05 09:00")
    visits = pd.DataFrame({
        "visit_no": [1, 2], "tier": ["L1", None], "team": ["Desk", None], "started_at": [at, at], "ended_at": [at, at],
        "ended_by": ["handoff", None], "acknowledged_at": [at, pd.NaT], "wait_hours": [0.5, np.nan], "hours": [1.0, 2.0],
        "effort_minutes": [np.nan, np.nan], "is_return": [False, True],
    })  # fmt: skip
    told = shared.stops(visits, waits=True)
    assert list(told["ended"]) == ["handed over", "still open"]
    assert list(told["picked_up"]) == ["2026-01-05 09:00", "never"]
    assert list(told["returned"]) == ["", "came back"]
    assert "minutes_of_work" not in told
    events = pd.DataFrame({
        "event_no": [1, 2], "at": [at, at], "kind": ["created", "commented"], "status": [None, None], "tier": ["L1", None],
        "team": ["Desk", None], "agent": [None, "Ada"], "priority": ["high", None], "note": [None, "Hello"],
        "effort_minutes": [np.nan, 3.0], "escalation_type": [None, None], "knowledge_link": [None, None],
    })  # fmt: skip
    shown = shared.happened(events)
    assert list(shown.columns) == ["at", "what", "tier", "team", "who", "priority", "minutes_of_work", "note"]
    assert list(shown["what"]) == ["the ticket came in", "an internal note"]
    assert not shown.drop(columns="minutes_of_work").isna().any().any()


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_handoffs_past_the_rule_stand_first_on_the_overview(warehouse, seen):
    overdue = questions.open_handoffs(warehouse)["overdue"].sum()
    told = attention.found(seen, [])
    assert bool(overdue) == ("nobody has picked them up" in told[0].sentence if told else False)


def test_the_backlog_of_another_hour(visit, warehouse):
    moment = datetime(2025, 3, 3, 15)
    open_then = questions.backlog_at(warehouse, moment=moment)["tickets"].sum()
    app = visit(
        "pages/operations/backlog_and_sla.py", dataset="sample", when="Any day and hour", day="2025-03-03", hour="15"
    )
    assert not app.error
    told = texts(app)
    assert (
        "No ticket was open" if not open_then else f"{open_then} tickets were open"
    ) + " on 3 Mar 2025 at 15:00" in told


def test_two_segments_are_side_by_side_on_every_page(visit):
    other = {"vs": "Another segment", "vs_by": "Product", "vs_value": "Quiet"}
    for name, both in (
        ("overview", 6), ("tier_distribution", 8), ("teams", 6), ("bounces", 4), ("escalation_funnel", 14),
        ("handoff_latency", 12), ("backlog_and_sla", 8),
    ):  # fmt: skip
        app = visit(f"pages/operations/{name}.py", dataset="sample", product="Loud", **other)
        assert not app.exception
        assert not app.error
        assert both - 2 <= len(charts(app)) <= both, name
        assert "sample · product Quiet" in texts(app)
        assert "sample · product Loud" in texts(app)


def test_two_periods_are_side_by_side(visit):
    app = visit(
        "pages/operations/handoff_latency.py",
        dataset="sample",
        period=["2025-05-01", "2025-06-30"],
        vs="The period before",
    )
    assert not app.exception
    assert "1 Mar 2025 – 30 Apr 2025" in texts(app)
    longest = [table.value for table in app.dataframe if "wait_hours" in table.value]
    assert len(longest) == 2
    assert longest[0]["handed_at"].min() > longest[1]["handed_at"].max()


@pytest.mark.parametrize("name", ["escalation_funnel", "handoff_latency"])
def test_the_table_behind_each_card_opens(visit, name):
    app = visit(f"pages/operations/{name}.py", dataset="sample")
    keys = [str(group.key) for group in app.button_group if str(group.key).startswith("more_")]
    assert len(keys) >= 6
    for key in keys:
        app.button_group(key=key).set_value("Table")
    app.run()
    assert not app.exception
    assert not app.error
    assert len(app.dataframe) >= len(keys)
