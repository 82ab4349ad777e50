"""The questions behind the operations pages, recomputed in plain Python or pandas from the raw log, with and without filters."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest

from analytics.errors import FilterError
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.intervals import wilson
from analytics.warehouse.questions.base import ask, tier_names
from analytics.warehouse.questions.people import with_shares
from analytics.warehouse.shrinkage import shrunk
from analytics.warehouse.store import Warehouse
from tests.logs import warehouse_of
from tests.questions.oracle import ENDING, ended_at, kaplan_meier, resolution, ticket_of, waits
from tests.questions.test_second_way import random_log

PRODUCTS = ["Atlas", "Beacon"]
REGIONS = ["north", "south", "it's"]


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    """250 random tickets with a product, a priority and a person on three of four events."""
    rows = random_log(seed=41, tickets=250)
    number = rows["ticket_id"].str[1:].astype(int)
    return rows.assign(
        product=number.map(lambda n: PRODUCTS[n % 2]),
        priority=number.map(lambda n: ["high", "low"][n % 2]),
        agent=[["Ada", "Ben", "Cleo", None][place % 4] for place in range(len(rows))],
    )


@pytest.fixture(scope="module")
def warehouse(log, tmp_path_factory) -> Warehouse:
    """The log with an extra column `region`."""
    file = tmp_path_factory.mktemp("operations") / "log.duckdb"
    built = warehouse_of(log, file)
    built.close()
    with duckdb.connect(str(file)) as con:
        con.execute("ALTER TABLE ticket_extras ADD COLUMN region VARCHAR")
        con.execute("ALTER TABLE ticket_extras ADD COLUMN same VARCHAR")
        con.execute(
            f"UPDATE ticket_extras SET same = 'x', region = (?::VARCHAR[])[1 + ticket_no % {len(REGIONS)}]", [REGIONS]
        )
    return Warehouse(built.dataset)


@pytest.fixture(scope="module")
def tickets(log) -> list[dict]:
    """The same tickets in plain Python, the excluded ones left out."""
    names = sorted(log["ticket_id"].unique())
    out = []
    for name, rows in log.sort_values(["ticket_id", "at"], kind="stable").groupby("ticket_id"):
        ticket = ticket_of(rows)
        if ticket is not None:
            created = next((e["at"] for e in ticket["events"] if e["kind"] == "created"), ticket["events"][0]["at"])
            region = REGIONS[(names.index(name) + 1) % len(REGIONS)]
            out.append(ticket | {"id": name, "created": created, "product": rows["product"].iloc[0], "region": region})
    return out


def chosen(tickets: list[dict], filters: Filters) -> list[dict]:
    """The filter's meaning, written a second time."""
    return [
        t
        for t in tickets
        if (not filters.start or t["created"].date() >= filters.start)
        and (not filters.end or t["created"].date() <= filters.end)
        and (not filters.tiers or any(e["tier"] in filters.tiers for e in t["events"]))
        and (not filters.products or t["product"] in filters.products)
    ]


FILTERS = [
    Filters(),
    Filters(start=date(2026, 1, 10), end=date(2026, 1, 22)),
    Filters(tiers=("L2",), products=("Beacon",)),
]
each_filter = pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)


def last_moment(tickets: list[dict]):
    return max(e["at"] for t in tickets for e in t["events"])


# ── Competing risks ──────────────────────────────────────────────────────────────────────────────────────────────────────


def incidence(ends: list[tuple[float, str | None]], until: float) -> Counter:
    """Aalen-Johansen by its definition: each cause's jumps, weighed with who was still there just before."""
    left, risen = 1.0, Counter()
    for time in sorted({t for t, _ in ends if t <= until}):
        at_risk = sum(t >= time for t, _ in ends)
        here = Counter(cause for t, cause in ends if t == time and cause)
        for cause, count in here.items():
            risen[cause] += left * count / at_risk
        left *= 1 - sum(here.values()) / at_risk
    return risen


def end_of_first_visit(ticket: dict, tier: str, end) -> tuple[float, str | None] | None:
    """Days and cause of the end of a ticket's first visit to a tier; None where it never was there."""
    visits = ticket["tier_visits"]
    number = next((i for i, visit in enumerate(visits) if visit[0]["tier"] == tier), None)
    if number is None:
        return None
    visit, stop = visits[number], ended_at(ticket, visits, number)
    aside = [e for e in visit if e["after"] in ENDING.values() and e["after"] != e["before"]]
    moment = min(stop or end, aside[0]["at"]) if aside else stop or end
    days = (moment - visit[0]["at"]).total_seconds() / 86400
    if aside and visit[0]["before"] in (None, "open"):
        return days, "cancelled" if aside[0]["kind"] == "cancelled" else "resolved"
    if number + 1 < len(visits):
        return days, "escalated" if visits[number + 1][0]["tier"] > tier else "returned"
    if stop is None:
        return days, None
    return days, "cancelled" if ticket["state"] == "cancelled" else "resolved"


@each_filter
def test_escalation_incidence_is_aalen_johansen(warehouse, tickets, filters):
    told = questions.escalation_incidence(warehouse, filters)
    end = last_moment(tickets)
    assert set(told["tier"]) == {"L1", "L2", "L3"}
    for tier, rows in told.groupby("tier"):
        ends = [one for t in chosen(tickets, filters) if (one := end_of_first_visit(t, str(tier), end))]
        assert (rows["tickets"] == len(ends)).all()
        for days in (0.0, 0.25, 3.0, 14.0, 28.0):
            wanted = incidence(ends, days)
            for row in rows[rows["days"] == days].itertuples():
                assert row.incidence == pytest.approx(wanted[row.cause], abs=1e-12), (tier, days, row.cause)
                assert row.at_risk == sum(t > days for t, _ in ends)


@each_filter
def test_after_fourteen_days_it_is_the_matured_rate(warehouse, filters):
    told = questions.escalation_incidence(warehouse, filters)
    rows = told[(told["days"] == 14) & (told["cause"] == "escalated")].set_index("tier")["incidence"]
    matured = questions.matured_escalation(warehouse, filters).set_index("tier")["matured_rate"]
    assert dict(rows) == pytest.approx(dict(matured))


def test_incidences_never_fall_and_never_pass_one(warehouse):
    told = questions.escalation_incidence(warehouse)
    assert (told.groupby(["tier", "cause"])["incidence"].diff().dropna() >= -1e-12).all()
    assert (told.groupby(["tier", "days"])["incidence"].sum() <= 1 + 1e-9).all()


# ── Waits ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def handed(tickets: list[dict], visits: str, filters: Filters = FILTERS[0]) -> list[dict]:
    """Handoffs by the filter's meaning, each with its ticket and its teams."""
    end, out = last_moment(tickets), []
    for ticket in chosen(tickets, Filters(products=filters.products)):
        for number, one in enumerate(waits(ticket, ticket[visits], end), start=1):
            first, last = ticket[visits][number][0], ticket[visits][number - 1][-1]
            one = one | {"at": first["at"], "team": first["team"], "from_team": last["team"], "ticket": ticket["id"]}
            inside = (not filters.start or one["at"].date() >= filters.start) and (
                not filters.end or one["at"].date() <= filters.end
            )
            if inside and (not filters.tiers or one["to"] in filters.tiers):
                out.append(one)
    return out


@each_filter
@pytest.mark.parametrize(
    ("by", "visits", "key"), [("receiving_tier", "tier_visits", "to"), ("receiving_team", "visits", "team")]
)
def test_latency_survival(warehouse, tickets, filters, by, visits, key):
    told = questions.latency_survival(warehouse, filters, by)
    flat = handed(tickets, visits, filters)
    for name, rows in told.groupby("to_key"):
        some = [h for h in flat if h[key] == name]
        causes = [(h["hours"], "done" if h["acknowledged"] else None if h["open"] else "gone") for h in some]
        for row in rows.iloc[:: max(1, len(rows) // 9)].itertuples():
            wanted = incidence(causes, row.wait_hours)
            assert row.acknowledged_share == pytest.approx(wanted["done"], abs=1e-12)
            assert row.left_share == pytest.approx(wanted["gone"], abs=1e-12)
            done = [h if h["acknowledged"] else h | {"acknowledged": False} for h in some]
            left = 1.0
            for time in sorted({h["hours"] for h in done if h["hours"] <= row.wait_hours}):
                at_risk = sum(h["hours"] >= time for h in done)
                left *= 1 - sum(h["hours"] == time and h["acknowledged"] for h in done) / at_risk
            assert row.still_waiting == pytest.approx(left, abs=1e-12)
            assert row.still_waiting_low <= row.still_waiting <= row.still_waiting_high
            assert (row.handoffs, row.at_risk) == (len(some), sum(h["hours"] > row.wait_hours for h in some))


def test_the_survival_curve_passes_the_kaplan_meier_median(warehouse, tickets):
    curve = questions.latency_survival(warehouse, by="all")
    median = kaplan_meier(handed(tickets, "tier_visits"), 0.5)
    assert median is not None
    assert (curve.loc[curve["wait_hours"] >= median, "still_waiting"] <= 0.5 + 1e-9).all()
    assert (curve.loc[curve["wait_hours"] < median, "still_waiting"] > 0.5).all()


def test_the_interval_of_a_survival_curve_against_published_figures(tmp_path):
    """Remission of 21 leukaemia patients on 6-MP (Freireich 1963; Kleinbaum and Klein): S(10 weeks) = 0.7529, Greenwood's
    standard error 0.0963, and 0.5032 to 0.8894 on the log-log scale. Weeks are told as minutes of waiting here."""
    weeks = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6.5, 9, 10.5, 11, 17, 19, 20, 25, 32, 32.5, 34, 35]
    start, rows = pd.Timestamp("2026-01-05", tz="UTC"), []
    for number, week in enumerate(weeks):
        done = number < 9
        rows.append((f"T{number}", start, "created", "L1"))
        rows.append((f"T{number}", start, "queued", "L2"))
        rows.append((f"T{number}", start + pd.Timedelta(minutes=week), "acknowledged" if done else "resolved", "L2"))
    told = questions.latency_survival(
        warehouse_of(pd.DataFrame(rows, columns=["ticket_id", "at", "kind", "tier"]), tmp_path / "mp.duckdb"), by="all"
    )
    row = told[told["wait_hours"] * 60 >= 10].iloc[0]
    assert row["wait_hours"] * 60 < 10.5
    assert row["still_waiting"] == pytest.approx(0.7529, abs=5e-5)
    assert row["still_waiting_low"] == pytest.approx(0.5032, abs=5e-4)
    assert row["still_waiting_high"] == pytest.approx(0.8894, abs=5e-4)


@pytest.mark.parametrize("products", [(), ("Atlas",)])
def test_open_handoffs(warehouse, tickets, products):
    filters = Filters(products=products)
    told = questions.open_handoffs(warehouse, filters, "tier_pair", target_minutes=600, stale_days=3)
    end = last_moment(tickets)
    last = {t["id"]: t["events"][-1]["at"] for t in tickets}
    flat = [h for h in handed(tickets, "tier_visits", filters) if h["open"]]
    assert len(told) == len({(h["from"], h["to"]) for h in flat}) > 1
    for row in told.itertuples():
        some = [h for h in flat if (h["from"], h["to"]) == (row.from_key, row.to_key)]
        assert row.waiting == len(some)
        assert row.overdue == sum(h["hours"] > 10 for h in some)
        assert row.stale == sum(end - last[h["ticket"]] > timedelta(days=3) for h in some)
        assert row.longest_hours == pytest.approx(max(h["hours"] for h in some))
        assert row.p50_hours == pytest.approx(np.median([h["hours"] for h in some]))


@each_filter
@pytest.mark.parametrize("by", ["tier_pair", "team_pair"])
def test_worst_handoffs(warehouse, tickets, filters, by):
    flat = handed(tickets, "tier_visits" if by == "tier_pair" else "visits", filters)
    told = questions.worst_handoffs(warehouse, filters, by, most=10_000)
    assert sorted(zip(told["ticket_id"], told["wait_hours"].round(6), strict=True)) == sorted(
        (h["ticket"], round(h["hours"], 6)) for h in flat
    )
    assert told["wait_hours"].is_monotonic_decreasing
    why = Counter(told["why"])
    assert why["picked up in time"] == sum(h["acknowledged"] and h["hours"] <= 0.5 for h in flat)
    assert why["picked up late"] == sum(h["acknowledged"] and h["hours"] > 0.5 for h in flat)
    assert why["left before anybody picked it up"] == sum(not h["acknowledged"] and not h["open"] for h in flat)
    overdue = questions.worst_handoffs(warehouse, filters, by, "overdue", most=10_000)
    assert len(overdue) == sum(h["open"] and h["hours"] > 0.5 for h in flat) == why["waits now, past the rule"]


def test_worst_handoffs_of_a_pair(warehouse, tickets):
    told = questions.worst_handoffs(warehouse, by="tier_pair", reason="pair", **{"from": "L2", "to": "L1"}, most=10_000)
    flat = [h for h in handed(tickets, "tier_visits") if (h["from"], h["to"]) == ("L2", "L1")]
    assert len(told) == len(flat) > 0
    teams = questions.worst_handoffs(warehouse, by="team_pair", reason="to", to="eng", most=10_000)
    assert len(teams) == sum(h["team"] == "eng" for h in handed(tickets, "visits"))
    assert set(teams["handed_to"]) == {"L1 · eng", "L2 · eng", "L3 · eng"} & set(teams["handed_to"])


# ── Backlog at a moment ──────────────────────────────────────────────────────────────────────────────────────────────────


def open_at(ticket: dict, moment) -> tuple[str, object] | None:
    """Tier that holds an open ticket at a moment, and since when; None where it is not open then."""
    events = [e for e in ticket["events"] if e["at"] <= moment]
    if not events or events[-1]["after"] not in (None, "open"):
        return None
    held = max(n for n, visit in enumerate(ticket["tier_visits"]) if visit[0]["at"] <= moment and visit[0] in events)
    return ticket["tier_visits"][held][0]["tier"], ticket["tier_visits"][held][0]["at"]


@each_filter
@pytest.mark.parametrize("when", ["2026-01-07 09:00", "2026-01-15 23:59", "2026-02-01 12:30"])
def test_backlog_at_any_moment(warehouse, tickets, filters, when):
    moment = pd.Timestamp(when, tz="UTC")
    told = questions.backlog_at(warehouse, filters, moment.to_pydatetime().replace(tzinfo=None))
    held = [
        (t, one) for t in chosen(tickets, filters.with_period(None, None)) if (one := open_at(t, moment)) and one[0]
    ]
    assert told.groupby("tier")["tickets"].sum().to_dict() == dict(Counter(tier for _, (tier, _) in held))
    rows = questions.backlog_list(warehouse, filters, moment.to_pydatetime(), most=10_000)
    assert set(rows["ticket_id"]) == {t["id"] for t, _ in held}
    since = {t["id"]: start for t, (_, start) in held}
    for row in rows.itertuples():
        assert row.hours_in_tier == pytest.approx((moment - since[row.ticket_id]).total_seconds() / 3600)


def test_ages_at_a_moment_are_working_days(warehouse, tickets):
    """Monday to Friday 9 to 17 UTC is the usual clock; counted hour by hour here."""
    moment = pd.Timestamp("2026-01-20 13:00", tz="UTC")
    wanted: Counter = Counter()
    for ticket in tickets:
        if (one := open_at(ticket, moment)) and one[0]:
            minutes = pd.date_range(one[1].ceil("min"), moment, freq="min", inclusive="left")
            open_minutes = ((minutes.day_of_week < 5) & (minutes.hour >= 9) & (minutes.hour < 17)).sum()
            wanted[one[0], int(open_minutes // 480)] += 1
    told = questions.backlog_at(warehouse, moment=moment.to_pydatetime())
    assert {(r.tier, r.age_days): r.tickets for r in told.itertuples()} == dict(wanted)


def test_at_the_end_of_the_data_it_is_the_backlog_now(warehouse):
    """Two SQL texts: from the moves until then, and from what is kept of every ticket."""
    ((last_us,),) = warehouse.rows("SELECT last_us FROM data_end")
    told = ask(warehouse, "backlog_at", Filters(), {"at_us": last_us, "hours_per_day": 8})
    assert len(told) > 3
    pd.testing.assert_frame_equal(told.assign(tier=tier_names(told["tier"])), questions.backlog_now(warehouse))
    pd.testing.assert_frame_equal(questions.backlog_at(warehouse), questions.backlog_now(warehouse))
    for tier, rows in questions.backlog_at(warehouse).groupby("tier"):
        assert len(questions.backlog_list(warehouse, tier=str(tier), most=10_000)) == rows["tickets"].sum()


def test_a_moment_outside_the_data_holds_nothing(warehouse):
    assert questions.backlog_at(warehouse, moment=pd.Timestamp("2020-01-01").to_pydatetime()).empty


# ── The mix by any dimension ─────────────────────────────────────────────────────────────────────────────────────────────


@each_filter
@pytest.mark.parametrize("dimension", ["product", "team", "x.region"])
def test_mix_by(warehouse, tickets, filters, dimension):
    told = questions.mix_by(warehouse, filters, dimension)
    value = {
        "product": lambda t: t["product"],
        "team": lambda t: t["events"][0]["team"],
        "x.region": lambda t: t["region"],
    }
    some = chosen(tickets, filters)
    assert told.drop_duplicates("value")["tickets"].sum() == len(some)
    solved = Counter(
        (value[dimension](t) or "(not given)", r["tier"]) for t in some if (r := resolution(t)) and r["tier"]
    )
    got = {(r.value, r.tier): r.resolved for r in told.itertuples() if r.resolved}
    assert got == dict(solved)
    for row in told.drop_duplicates("value").itertuples():
        there = [t for t in some if (value[dimension](t) or "(not given)") == row.value]
        seen = [t for t in there if any(e["tier"] == "L1" for e in t["events"])]
        up = sum(
            any(a[0]["tier"] == "L1" < b[0]["tier"] for a, b in zip(t["tier_visits"], t["tier_visits"][1:], strict=False))
            for t in seen
        )  # fmt: skip
        assert (row.tickets, row.touched_l1, row.escalated_l1) == (len(there), len(seen), up)


def test_mix_by_an_attribute_is_the_mix_that_was_there(warehouse):
    old = questions.tier_mix_by(warehouse, dimension="priority")
    new = questions.mix_by(warehouse, dimension="priority")[list(old.columns)]
    pd.testing.assert_frame_equal(new.dropna(subset=["tier"]).reset_index(drop=True), old, check_dtype=False)


def test_columns_that_split(warehouse):
    assert questions.split_columns(warehouse) == ["region"]
    with pytest.raises(FilterError, match="cannot be split"):
        questions.mix_by(warehouse, dimension='x.region" FROM tickets; --')


# ── Week by week, and what loops cost ────────────────────────────────────────────────────────────────────────────────────


@each_filter
def test_weekly_pulse(warehouse, tickets, filters):
    anchor = date(2026, 2, 8)
    told = questions.weekly_pulse(warehouse, filters, anchor).set_index("week_no")
    week = lambda day: (anchor - day).days // 7  # noqa: E731
    some = [t for t in chosen(tickets, filters) if t["created"].date() <= anchor]
    hops = [h for h in handed(tickets, "tier_visits", filters) if h["at"].date() <= anchor]
    assert set(told.index) == {week(t["created"].date()) for t in some} | {week(h["at"].date()) for h in hops}
    for number, row in told.to_dict("index").items():
        made = [t for t in some if week(t["created"].date()) == number]
        done = [t for t in made if resolution(t)]
        level = [t for t in done if all(e["tier"] == "L1" for e in t["events"]) and not reopened(t)]
        late = [h for h in hops if week(h["at"].date()) == number]
        assert (row["tickets"], row["resolved"], row["first_level"]) == (len(made), len(done), len(level))
        assert row["in_time"] == sum(h["acknowledged"] and h["hours"] <= 0.5 for h in late)
        assert row["due"] == sum(not (h["open"] and h["hours"] < 0.5) for h in late)
        assert row["starts"].date() == anchor - timedelta(days=7 * int(number) + 6)
        hours = [(r["at"] - t["created"]).total_seconds() / 3600 for t in made if (r := resolution(t))]
        assert row["resolve_hours"] == pytest.approx(np.median(hours)) if hours else np.isnan(row["resolve_hours"])


def test_weekly_pulse_of_one_tier(warehouse, tickets):
    """The time to resolve is that of the tickets resolved in the tier; the other columns do not change by it."""
    anchor = date(2026, 2, 8)
    told = questions.weekly_pulse(warehouse, anchor=anchor, tier="L1").set_index("week_no")
    whole = questions.weekly_pulse(warehouse, anchor=anchor).set_index("week_no")
    assert told.drop(columns="resolve_hours").equals(whole.drop(columns="resolve_hours"))
    assert not told["resolve_hours"].equals(whole["resolve_hours"])
    for number, row in told.to_dict("index").items():
        made = [
            t for t in tickets if t["created"].date() <= anchor and (anchor - t["created"].date()).days // 7 == number
        ]
        done = [(t, r) for t in made if (r := resolution(t)) and r["tier"] == "L1"]
        hours = [(r["at"] - t["created"]).total_seconds() / 3600 for t, r in done]
        assert row["resolve_hours"] == pytest.approx(np.median(hours)) if hours else np.isnan(row["resolve_hours"])


def reopened(ticket: dict) -> bool:
    return any(e["after"] == "open" and e["before"] in ("resolved", "closed") for e in ticket["events"])


def test_the_weeks_add_up_to_the_whole(warehouse, tickets):
    told, whole = questions.weekly_pulse(warehouse), questions.quality(warehouse).iloc[0]
    assert told["tickets"].sum() == whole["tickets"]
    assert told["first_level"].sum() == whole["first_level"]
    rates = questions.tiers(warehouse).set_index("tier")
    assert (told["touched_l1"].sum(), told["escalated_l1"].sum()) == (
        rates.loc["L1", "tickets_touched"],
        rates.loc["L1", "escalated"],
    )


@each_filter
def test_bounce_delay(warehouse, tickets, filters):
    told = questions.bounce_delay(warehouse, filters).set_index("loops")
    wanted: dict[int, list] = {}
    for ticket in chosen(tickets, filters):
        done = resolution(ticket)
        if not done:
            continue
        visits, away, loops = ticket["visits"], 0.0, 0
        for number in range(2, len(visits)):
            home, there, back = (visits[n][0]["team"] for n in (number - 2, number - 1, number))
            if (
                home is not None
                and there is not None
                and home == back != there
                and visits[number][0]["at"] <= done["at"]
            ):
                away += (visits[number][0]["at"] - visits[number - 1][0]["at"]).total_seconds() / 3600
                loops += 1
        wanted.setdefault(min(loops, 3), []).append(((done["at"] - ticket["created"]).total_seconds() / 3600, away))
    assert set(told.index) == set(wanted)
    for loops, rows in wanted.items():
        assert told.loc[loops, "tickets"] == len(rows)
        assert told.loc[loops, "resolve_hours"] == pytest.approx(sum(hours for hours, _ in rows))
        assert told.loc[loops, "away_hours"] == pytest.approx(sum(away for _, away in rows))
        assert told.loc[loops, "p50_hours"] == pytest.approx(np.median([hours for hours, _ in rows]))


# ── Teams and agents ─────────────────────────────────────────────────────────────────────────────────────────────────────


def visits_of(tickets: list[dict]) -> list[dict]:
    """Every visit with who picked it up and how it ended."""
    out = []
    for ticket in tickets:
        visits = ticket["visits"]
        for number, visit in enumerate(visits):
            picked = next((e for e in visit if e["kind"] == "acknowledged"), None)
            named = [e for e in visit if e["kind"] == "acknowledged" and isinstance(e["agent"], str)]
            agents = [e["agent"] for e in named if picked and e["at"] == picked["at"]]
            last = number + 1 == len(visits)
            stop = ended_at(ticket, visits, number)
            out.append({
                "team": visit[0]["team"], "tier": visit[0]["tier"], "ticket": ticket["id"], "agent": next(iter(agents), None),
                "ended": stop is not None, "up": not last and visits[number + 1][0]["tier"] > visit[0]["tier"],
                "solved": last and stop is not None and ticket["state"] in ("resolved", "closed"),
            })  # fmt: skip
    return out


def test_team_profile(warehouse, tickets):
    told = questions.team_profile(warehouse).set_index("team")
    every = visits_of([t for t in tickets if t["events"][0]["tier"]])
    hops = handed(tickets, "visits")
    assert list(told.index) == sorted({v["team"] for v in every} - {None})
    for team, row in told.to_dict("index").items():
        some = [v for v in visits_of(tickets) if v["team"] == team]
        late = [h for h in hops if h["team"] == team]
        assert (row["visits"], row["tickets"]) == (len(some), len({v["ticket"] for v in some}))
        assert (row["ended"], row["solved"]) == (sum(v["ended"] for v in some), sum(v["solved"] for v in some))
        assert row["passed_up"] == sum(v["up"] for v in some)
        assert row["in_time"] == sum(h["acknowledged"] and h["hours"] <= 0.5 for h in late)
        assert row["due"] == sum(not (h["open"] and h["hours"] < 0.5) for h in late)
        low, high = wilson(row["solved"], row["ended"])
        assert (row["solved_share_low"], row["solved_share_high"]) == (
            pytest.approx(float(low)),
            pytest.approx(float(high)),
        )


def test_agent_profile(warehouse, tickets):
    told = questions.agent_profile(warehouse, least_visits=1)
    assert questions.has_agents(warehouse)
    every = [v for v in visits_of(tickets) if v["agent"] and v["tier"]]
    assert len(told) == len({(v["agent"], v["tier"]) for v in every})
    for row in told.itertuples():
        some = [v for v in every if (v["agent"], v["tier"]) == (row.agent, row.tier)]
        assert (row.visits, row.ended, row.solved) == (
            len(some),
            sum(v["ended"] for v in some),
            sum(v["solved"] for v in some),
        )
        assert row.passed_up == sum(v["up"] for v in some)
    few = questions.agent_profile(warehouse, least_visits=int(told["visits"].max()))
    assert 0 < len(few) < len(told)
    assert list(told["agent"]) == sorted(told["agent"])


def test_shares_are_drawn_to_the_mean_of_their_own_tier():
    frame = pd.DataFrame({
        "tier": ["L1"] * 4 + ["L2"] * 2, "ended": [100, 100, 100, 4, 50, 60], "solved": [80, 60, 70, 0, 10, 20],
    })  # fmt: skip
    told = with_shares(frame, {"solved": ("solved", "ended")})
    first = shrunk([80, 60, 70, 0], [100, 100, 100, 4])
    assert told["solved_shrunk"].to_numpy()[:4] == pytest.approx(first.share)
    assert told["solved_shrunk"].isna().tolist() == [False] * 4 + [True] * 2
    assert told["solved_mean"].tolist() == pytest.approx([210 / 304] * 4 + [30 / 110] * 2)
    assert 0 < told["solved_shrunk"].iloc[3] < 210 / 304
