"""Each rule on hand-made logs whose answer is worked out by hand in the docstring."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from analytics.calendars import ALWAYS, Calendar
from analytics.errors import InputError, NotEnoughData
from analytics.model import Filters
from analytics.rules.base import EFFECTS, History, as_history, history_of
from analytics.rules.registry import rule, rules
from analytics.rules.replay import changed, replayed
from tests.logs import at, drawn, warehouse_of

ROUND_THE_CLOCK = dict.fromkeys(("L0", "L1", "L2", "L3"), Calendar("UTC", week=ALWAYS))


def stay(tier: int, hours: float, work: float, wait: float = 0.0) -> tuple:
    return tier, hours, work, wait


def history(tickets: dict[str, tuple], weeks: float = 2.0) -> History:
    """Tickets as {name: (priority, category, stays)} as the SQL would give them; NaN waits: nobody ever looked."""
    rows = []
    for number, (name, (priority, category, *stays)) in enumerate(tickets.items(), 1):
        for place, (tier, hours, work, wait) in enumerate(stays):
            tail = stays[place:]
            row = {"ticket_no": number, "tier_visit_no": place + 1, "tier": tier, "hours": hours, "work_minutes": work,
                   "wait_hours": wait, "first_priority": priority, "priority": priority, "category": category,
                   "product": "P", "ticket_id": name, "moved_on": place + 1 < len(stays),
                   "from_tier": stays[place - 1][0] if place else pd.NA,
                   "to_tier": stays[place + 1][0] if place + 1 < len(stays) else pd.NA,
                   "tail_hours": sum(s[1] for s in tail)}  # fmt: skip
            for rank in (1, 2, 3):
                row[f"tail_work_{rank}"] = float(sum(s[2] for s in tail if s[0] == rank))
                row[f"tail_visits_{rank}"] = sum(s[0] == rank for s in tail)
            rows.append(row)
    frame = pd.DataFrame(rows).astype({"from_tier": "Int64", "to_tier": "Int64"})
    return History(frame, weeks)


LOG = history(
    {
        # L1 had it for 2 h (40 min of work, first look after 30 min), L2 for 3 h (50 min)
        "climbs": ("high", "api", stay(1, 2, 40, 0.5), stay(2, 3, 50, 1)),
        # L1 solved it after 1.5 h, with 35 min of work
        "solved": ("high", "login", stay(1, 1.5, 35, 0.1)),
        # L1 solved it in a quarter of an hour
        "quick": ("low", "login", stay(1, 0.25, 10, 0.05)),
        # came in at L2: no rule about L1 is about it
        "direct": ("high", "api", stay(2, 4, 30, 0.5), stay(3, 10, 20, 6), stay(2, 1, 5, 0.5)),
    }
)


def told(name: str, log: History = LOG, **settings) -> pd.DataFrame:
    frame = rule(name).replay(log, settings)
    assert list(frame.columns) == list(EFFECTS)
    names = log.first_visits().set_index("ticket_no")["ticket_id"]
    return frame.assign(name=frame["ticket_no"].map(names)).set_index("name")


def test_escalate_after_counted_from_arrival():
    """After 60 minutes. climbs: 2 h in L1 become 1 h, so 5 h become 4 h. solved: 1 h, then as the only escalated ticket in L2:
    3 h, one visit, 50 minutes. L1 is spared nothing: 40 and 35 minutes fit into an hour. quick: nothing."""
    frame = told("escalate_after", minutes=60, counted_from="arrival")
    assert frame["hours_before"].to_dict() == {"climbs": 5, "solved": 1.5, "quick": 0.25}
    assert frame["hours_after"].to_dict() == {"climbs": 4, "solved": 4, "quick": 0.25}
    assert frame["touched"].to_dict() == {"climbs": True, "solved": True, "quick": False}
    assert frame["visits_2"].to_dict() == {"climbs": 0, "solved": 1, "quick": 0}
    assert frame["work_2"].to_dict() == {"climbs": 0, "solved": 50, "quick": 0}
    assert frame[["visits_1", "work_1", "visits_3", "work_3"]].to_numpy().any() == False  # noqa: E712


def test_escalate_after_counted_from_the_first_look():
    """After 30 minutes from the first look, after 30 and 6 minutes: climbs at 1 h, solved at 0.6 h; L1 is spared 10 and 5
    minutes."""
    frame = told("escalate_after", minutes=30, counted_from="first look")
    assert frame["hours_after"].to_dict() == pytest.approx({"climbs": 4, "solved": 3.6, "quick": 0.25})
    assert frame["work_1"].to_dict() == {"climbs": -10, "solved": -5, "quick": 0}


def test_a_priority_straight_to_l2():
    """climbs: loses its 2 h and 40 min in L1. solved: loses 1.5 h and 35 min and meets L2's 3 h and 50 min."""
    frame = told("priority_to_l2", first_priority="high")
    assert frame["hours_after"].to_dict() == {"climbs": 3, "solved": 3}
    assert frame["visits_1"].to_dict() == {"climbs": -1, "solved": -1}
    assert frame["work_1"].to_dict() == {"climbs": -40, "solved": -35}
    assert frame["visits_2"].to_dict() == {"climbs": 0, "solved": 1}
    assert frame["work_2"].to_dict() == {"climbs": 0, "solved": 50}


def test_a_category_to_l2():
    frame = told("category_to_l2", category="login")
    assert frame["hours_after"].to_dict() == {"solved": 3, "quick": 3}
    assert frame["work_1"].to_dict() == {"solved": -35, "quick": -10}


def test_a_ticket_s_own_later_way_falls_away():
    """L1 sent it to L3 and got it back: 1 + 5 + 2 h, L1 twice (10 and 5 min), L3 once (60 min). Straight to L2 it meets 3 h there
    and nothing else: two visits and 15 minutes less in L1, one and 60 less in L3, one and 50 more in L2."""
    log = history(
        {
            "odd": ("low", "x", stay(1, 1, 10), stay(3, 5, 60), stay(1, 2, 5)),
            "climbs": ("high", "api", stay(1, 2, 40), stay(2, 3, 50)),
        }
    )
    row = told("category_to_l2", log, category="x").loc["odd"]
    assert row[["hours_before", "hours_after", "visits_1", "work_1", "visits_2", "work_2", "visits_3", "work_3"]].tolist() == [
        8, 3, -2, -15, 1, 50, -1, -60
    ]  # fmt: skip


def test_a_vetting_layer():
    """direct: L3 worked 20 of 10 h's minutes and gave it back: stopped at 30, so its 6 h of waiting become 1 h and 10 minutes of
    vetting; L2 has 30 minutes more and the way back less. At 15 minutes it passes: 10 h and 70 minutes."""
    settings = {"vetting_minutes": 10, "vetting_wait": 60}
    stopped = told("vetting_layer", stops_below=30, **settings).loc["direct"]
    assert stopped[["hours_before", "hours_after"]].tolist() == pytest.approx([10, 10 + 7 / 6 - 6])
    assert stopped[["visits_2", "work_2", "visits_3", "work_3"]].tolist() == [-1, 30, -1, -20]
    passed = told("vetting_layer", stops_below=15, **settings).loc["direct"]
    assert passed["hours_after"] == pytest.approx(10 + 7 / 6)
    assert passed[["visits_2", "work_2", "visits_3", "work_3"]].tolist() == [0, 10, 0, 0]


def test_a_manager_alert():
    """Handoffs waited 1 h (climbs), 6 h and half an hour (direct). Alert after 45 minutes, somebody found in 15: at most an
    hour."""
    frame = told("manager_alert", minutes=45, priority="all priorities", response_minutes=15, manager_minutes=5)
    assert frame["hours_before"].tolist() == [1, 6, 0.5]
    assert frame["hours_after"].tolist() == [1, 1, 0.5]
    assert frame["touched"].tolist() == [True, True, False]
    assert frame["work_manager"].tolist() == [5, 5, 0]


def test_a_handoff_that_nobody_looked_at_waited_as_long_as_it_lay_there():
    log = history({"left": ("high", "x", stay(1, 1, 1), stay(2, 9, 0, float("nan"))),
                   "seen": ("high", "x", stay(1, 1, 1), stay(2, 1, 5, 0.1))})  # fmt: skip
    frame = told("manager_alert", log, minutes=30, priority="high", response_minutes=30, manager_minutes=0)
    assert frame[["hours_before", "hours_after"]].iloc[0].tolist() == [9, 1]


def test_sums_per_week_and_the_tickets_touched():
    """Over two weeks: straight to L2 takes 2 visits and 75 minutes off L1 and adds 1 visit and 50 minutes to L2."""
    effects = rule("priority_to_l2").replay(LOG, {"first_priority": "high"})
    whole = replayed(rule("priority_to_l2"), LOG, effects, {"L1": 60.0, "L2": 120.0})
    one, two, three = whole.tiers
    assert (one.visits, one.work_hours) == (1.5, pytest.approx(85 / 60 / 2))
    assert (one.added_visits.value, one.added_hours.value) == (-1, pytest.approx(-75 / 60 / 2))
    assert (two.added_visits.value, two.added_hours.value) == (0.5, pytest.approx(50 / 60 / 2))
    assert three.added_visits.value == 0
    assert (whole.mean_before, whole.mean_after, whole.saved_mean.value) == (3.25, 3, 0.25)
    assert whole.cost_per_week
    assert whole.cost_per_week.value == pytest.approx(-75 / 2 + 50)
    assert whole.is_anecdote
    assert replayed(rule("priority_to_l2"), LOG, effects).cost_per_week is None
    named = changed(LOG, effects)
    assert named["ticket_id"].tolist() == ["climbs", "solved"]
    assert named["hours_saved"].tolist() == [2, -1.5]


def test_the_interval_is_the_bootstrap_s():
    """1,000 tickets, half of which save 2 h: mean 1 h, standard error 1/sqrt(1000), and the sum's is sqrt(500) x 2."""
    log = history({f"T{n}": ("high", "x", stay(1, 3, 10), stay(2, 1, 10, 2 * (n % 2))) for n in range(1000)})
    effects = rule("manager_alert").replay(
        log, {"minutes": 0, "priority": "high", "response_minutes": 0, "manager_minutes": 60}
    )
    whole = replayed(rule("manager_alert"), log, effects)
    assert (whole.cases, whole.touched) == (1000, 500)
    assert whole.saved_mean.value == 1
    assert whole.saved_mean.high - whole.saved_mean.low == pytest.approx(2 * 1.96 / 1000**0.5, rel=0.15)
    assert whole.manager_hours.value == 250
    assert whole.manager_hours.high - whole.manager_hours.low == pytest.approx(2 * 1.96 * 500**0.5 / 2, rel=0.15)
    assert replayed(rule("manager_alert"), log, effects) == whole  # seeded: asked twice, answered twice the same


@pytest.mark.parametrize("name", list(rules()))
def test_every_rule_says_what_it_cannot_know_and_refuses_nothing(name):
    one = rule(name)
    assert one.limits
    assert all(text.endswith(".") for text in one.limits)
    empty = History(LOG.visits.iloc[:0], 1.0)
    settings = {knob.name: knob.default for knob in one.knobs} | {
        "counted_from": "arrival", "first_priority": "x", "category": "x", "priority": "x"
    }  # fmt: skip
    with pytest.raises(NotEnoughData):
        one.replay(empty, settings)


def test_an_unknown_rule_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="manager_alert"):
        rule("manager_alarm")


def test_the_guide_s_figures_are_the_defaults():
    knobs = {(one.id, knob.name): knob.default for one in rules().values() for knob in one.knobs}
    assert knobs["escalate_after", "minutes"] == 15
    assert knobs["manager_alert", "minutes"] == 30


def test_the_history_is_read_off_the_log(tmp_path):
    """One ticket with everything, among sixty that L1 solves in ten minutes: 30 min of waiting in L1, an hour in L2 of which it
    was pending 20 minutes, never looked at; priorities at first and at last; no tracked work, so the stated prior."""
    rows = """ticket_id at               kind         tier team priority category
        A         2026-03-02T00:00 created      L1   desk low      api
        A         2026-03-02T00:30 acknowledged L1   desk low      api
        A         2026-03-02T01:00 queued       L2   tech high     api
        A         2026-03-02T01:10 pending      L2   tech high     api
        A         2026-03-02T01:30 replied      L2   tech high     api
        A         2026-03-02T02:00 resolved     L2   tech high     api
        O         2026-03-02T02:00 created      L1   desk low      api
    """
    log, start = drawn(rows), at("2026-03-02T03:00")
    for number in range(60):
        came = start + timedelta(hours=4 * number)
        row = {"ticket_id": f"Q{number}", "tier": "L1", "team": "desk"}
        more = [row | {"at": came, "kind": "created"}, row | {"at": came + timedelta(minutes=10), "kind": "resolved"}]
        log = pd.concat([log, pd.DataFrame(more)])
    known = history_of(warehouse_of(log, tmp_path / "log.duckdb", ROUND_THE_CLOCK), Filters())
    assert known.tickets == 61
    assert known.weeks == pytest.approx((3 + 4 * 59) / 168)
    one, two = known.visits[known.visits["ticket_id"] == "A"].to_dict("records")
    assert (one["hours"], one["wait_hours"], one["to_tier"], one["tail_hours"]) == pytest.approx((1, 0.5, 2, 1 + 2 / 3))
    assert (two["hours"], two["from_tier"], two["tail_visits_2"], two["tail_work_2"]) == pytest.approx(
        (2 / 3, 1, 1, 30)
    )
    assert pd.isna(two["wait_hours"])
    assert (one["first_priority"], one["priority"], one["work_minutes"]) == ("low", "high", 15)


def test_too_little_history_is_refused():
    with pytest.raises(NotEnoughData, match="too little history"):
        as_history(LOG.visits.assign(created_us=0))


def test_without_acknowledgements_a_rule_about_them_refuses():
    blind = History(LOG.visits.assign(wait_hours=float("nan")), 1.0)
    more = {"priority": "high", "response_minutes": 0, "manager_minutes": 0, "vetting_minutes": 0, "vetting_wait": 0}
    for name in ("escalate_after", "vetting_layer", "manager_alert"):
        with pytest.raises(NotEnoughData, match="first look"):
            rule(name).replay(blind, more | {"minutes": 15, "counted_from": "first look", "stops_below": 30})
    assert len(rule("escalate_after").replay(blind, {"minutes": 15, "counted_from": "arrival"}))


def drawn_history(seed: int) -> History:
    """200 random tickets that wander between the tiers."""
    rng, tickets = np.random.default_rng(seed), {}
    for number in range(200):
        stays, tier = [], 1
        for _ in range(int(rng.integers(1, 5))):
            hours = float(rng.exponential(3.0))
            stays.append(stay(tier, hours, float(rng.exponential(20.0)), float(rng.uniform(0, hours))))
            tier = int(rng.choice([other for other in (1, 2, 3) if other != tier]))
        tickets[f"T{number}"] = (str(rng.choice(["high", "low"])), str(rng.choice(["a", "b"])), *stays)
    return history(tickets)


@pytest.mark.parametrize("seed", range(3))
def test_laws_on_random_histories(seed):
    """A later limit touches fewer and takes less off L1; an alert never makes anybody wait longer, and an earlier one never less
    short; tickets that come in at L2 leave nothing of their own visits to L1 but what their donors had there."""
    log = drawn_history(seed)
    touched, spared = [], []
    for minutes in (5, 60, 240, 960):
        frame = told("escalate_after", log, minutes=minutes, counted_from="first look")
        touched.append(set(frame.index[frame["touched"]]))
        spared.append(frame.loc[~frame["touched"], ["visits_1", "visits_2", "visits_3", "work_1", "work_2", "work_3"]])
    assert all(later <= earlier for earlier, later in pairwise(touched))
    assert not any(changes.to_numpy().any() for changes in spared)  # what is not touched does not change
    more = {"priority": "all priorities", "response_minutes": 10, "manager_minutes": 1}
    early, late = (told("manager_alert", log, minutes=minutes, **more) for minutes in (10, 90))
    assert (early["hours_after"].to_numpy() <= late["hours_after"].to_numpy()).all()
    assert (late["hours_after"].to_numpy() <= late["hours_before"].to_numpy()).all()
    first = log.first_visits().set_index("ticket_id")
    frame = told("priority_to_l2", log, first_priority="high")
    anyway = frame[(first.loc[frame.index, "to_tier"] == 2).fillna(False).to_numpy(bool)]
    assert len(anyway) > 10
    assert set(anyway["visits_1"].tolist()) == {-1.0}
    own = first.loc[anyway.index, "hours"].to_numpy(float)
    assert (anyway["hours_before"] - anyway["hours_after"]).to_numpy() == pytest.approx(own)
