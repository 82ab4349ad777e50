"""The questions behind the pages, each recomputed in pandas or plain Python from the raw log, with and without filters."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.model import Filters
from analytics.warehouse import questions
from tests.logs import warehouse_of
from tests.questions.oracle import ended_at, kaplan_meier, resolution, ticket_of, waits
from tests.questions.test_second_way import random_log

PRODUCTS = ["Atlas", "Beacon"]


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    """Two hundred random tickets, each with a product, a priority and a channel."""
    rows = random_log(seed=99, tickets=200)
    number = rows["ticket_id"].str[1:].astype(int)
    return rows.assign(
        product=number.map(lambda n: PRODUCTS[n % 2]),
        priority=number.map(lambda n: ["high", "normal", "low"][n % 3]),
        channel=number.map(lambda n: ["mail", "chat", "phone", None][n % 4]),
        category="Access",
    )


@pytest.fixture(scope="module")
def warehouse(log, tmp_path_factory):
    return warehouse_of(log, tmp_path_factory.mktemp("pages") / "log.duckdb")


@pytest.fixture(scope="module")
def tickets(log) -> list[dict]:
    """The same tickets in plain Python, the excluded ones left out, each with its creation and its attributes."""
    out = []
    for name, rows in log.sort_values(["ticket_id", "at"], kind="stable").groupby("ticket_id"):
        ticket = ticket_of(rows)
        if ticket is not None:
            created = next((e["at"] for e in ticket["events"] if e["kind"] == "created"), ticket["events"][0]["at"])
            first = ticket["events"][0]
            out.append(
                ticket | {"id": name, "created": created, "product": first["product"], "priority": first["priority"]}
            )
    return out


def chosen(tickets: list[dict], filters: Filters) -> list[dict]:
    """The filter's meaning, written a second time: creation, a visit in the tier, the latest attribute."""
    return [
        t
        for t in tickets
        if (not filters.start or t["created"].date() >= filters.start)
        and (not filters.end or t["created"].date() <= filters.end)
        and (not filters.tiers or any(e["tier"] in filters.tiers for e in t["events"]))
        and (not filters.teams or any(e["team"] in filters.teams for e in t["events"]))
        and (not filters.products or t["product"] in filters.products)
        and (not filters.priorities or t["priority"] in filters.priorities)
    ]


FILTERS = [
    Filters(),
    Filters(start=date(2026, 1, 10), end=date(2026, 1, 22)),
    Filters(tiers=("L2",)),
    Filters(teams=("app", "eng")),
    Filters(products=("Beacon",), priorities=("high", "low")),
    Filters(start=date(2026, 1, 8), tiers=("L3",), products=("Atlas",)),
]
each_filter = pytest.mark.parametrize("filters", FILTERS, ids=Filters.sentence)


@each_filter
def test_ticket_list_has_the_filters_tickets(warehouse, tickets, filters):
    told = questions.ticket_list(warehouse, filters, most=10_000)
    wanted = chosen(tickets, filters)
    assert wanted
    assert set(told["ticket_id"]) == {t["id"] for t in wanted}
    by_id = told.set_index("ticket_id")
    for ticket in wanted:
        row = by_id.loc[ticket["id"]]
        assert row["handoffs"] == len(ticket["visits"]) - 1
        assert (row["state"] == "open") == (ticket["state"] in (None, "open"))


@each_filter
def test_dataset_summary_and_handoff_counts(warehouse, tickets, filters):
    wanted = chosen(tickets, filters)
    told = questions.dataset_summary(warehouse, filters).iloc[0]
    assert (told["tickets"], told["events"]) == (len(wanted), sum(len(t["events"]) for t in wanted))
    assert told["teams"] == len({e["team"] for t in wanted for e in t["events"]} - {None})
    flat = handoffs_of(tickets, "visits", filters)
    counts = questions.handoff_counts(warehouse, filters).iloc[0]
    assert counts["team_count"] == len(flat)
    assert counts["lateral"] == sum(h["from"] == h["to"] for h in flat)
    assert counts["tier_count"] == len(handoffs_of(tickets, "tier_visits", filters)) or filters.teams


@each_filter
def test_funnel_is_nested(warehouse, tickets, filters):
    told = questions.funnel(warehouse, filters).set_index("tier")
    tops = [max(e["tier"] for e in t["events"]) for t in chosen(tickets, filters) if t["events"][0]["tier"]]
    for tier in ("L1", "L2", "L3"):
        assert told.loc[tier, "tickets"] == sum(top >= tier for top in tops)
        assert told.loc[tier, "stopped_here"] == sum(top == tier for top in tops)
        assert told.loc[tier, "share_of_start"] == pytest.approx(sum(top >= tier for top in tops) / len(tops))
    previous = told["tickets"].to_numpy()[:-1]
    assert told["share_of_previous"].to_numpy()[1:] == pytest.approx(told["tickets"].to_numpy()[1:] / previous)


@each_filter
def test_hops_conserve_flow(warehouse, tickets, filters):
    told = questions.hops(warehouse, filters, last_hop=99)
    wanted: dict[tuple, int] = {}
    for ticket in chosen(tickets, filters):
        visits = ticket["tier_visits"]
        for number, visit in enumerate(visits):
            if visit[0]["tier"] is None:
                continue
            if number + 1 < len(visits):
                to = visits[number + 1][0]["tier"]
            elif ended_at(ticket, visits, number) is None:
                to = "open"
            else:
                to = "cancelled" if ticket["state"] == "cancelled" else "resolved"
            key = (number + 1, visit[0]["tier"], to)
            wanted[key] = wanted.get(key, 0) + 1
    assert {(r.hop, r.tier, r.next): r.visits for r in told.itertuples()} == wanted


@each_filter
def test_volume_by_day(warehouse, tickets, filters):
    told = questions.volume_by_day(warehouse, filters)
    frame = pd.DataFrame([(t["created"].date(), t["events"][0]["tier"]) for t in chosen(tickets, filters)])
    wanted = frame.value_counts(dropna=False)
    assert told["tickets"].sum() == len(frame)
    for row in told.dropna().itertuples():
        assert wanted[(row.day.date(), row.tier)] == row.tickets


@each_filter
def test_tier_mix_by_product_and_over_time(warehouse, tickets, filters):
    rows = [
        (t["product"], (t["created"] - pd.Timedelta(days=t["created"].weekday())).date(), r["tier"])
        for t in chosen(tickets, filters)
        if (r := resolution(t)) and r["tier"]
    ]
    frame = pd.DataFrame(rows, columns=["product", "week", "tier"])
    for told, by in (
        (questions.tier_mix_by(warehouse, filters, "product").rename(columns={"value": "product"}), "product"),
        (questions.tier_mix_over_time(warehouse, filters, "week").rename(columns={"period": "week"}), "week"),
    ):
        wanted = frame.groupby([by, "tier"]).size()
        got = {
            (r[by] if by == "product" else r["week"].date(), r["tier"]): r["resolved"] for r in told.to_dict("records")
        }
        assert got == wanted.to_dict()


@each_filter
def test_tier_mix_escalation_rate(warehouse, tickets, filters):
    told = questions.tier_mix_by(warehouse, filters, "product").drop_duplicates("value").set_index("value")
    for product, row in told.iterrows():
        there = [
            t
            for t in chosen(tickets, filters)
            if t["product"] == product and any(e["tier"] == "L1" for e in t["events"])
        ]
        up = [
            t
            for t in there
            if any(
                a[0]["tier"] == "L1" and b[0]["tier"] > "L1"
                for a, b in zip(t["tier_visits"], t["tier_visits"][1:], strict=False)
            )
        ]
        assert row["touched_l1"] == len(there)
        assert row["escalated_l1"] == len(up)


@each_filter
def test_resolution_times(warehouse, tickets, filters):
    told = questions.resolution_times(warehouse, filters).set_index("tier")
    for tier in told.index:
        hours = [
            (r["at"] - t["created"]).total_seconds() / 3600
            for t in chosen(tickets, filters)
            if (r := resolution(t)) and r["tier"] == tier
        ]
        assert told.loc[tier, "resolved"] == len(hours)
        assert told.loc[tier, "p50_hours"] == pytest.approx(np.percentile(hours, 50))
        assert told.loc[tier, "p90_hours"] == pytest.approx(np.percentile(hours, 90))


def handoffs_of(tickets: list[dict], visits: str, filters: Filters) -> list[dict]:
    """Handoffs by the filter's meaning: handed over in the period, received by the tier or team, the ticket's attributes."""
    end = max(e["at"] for t in tickets for e in t["events"])
    out = []
    for ticket in chosen(tickets, Filters(products=filters.products, priorities=filters.priorities)):
        for number, handoff in enumerate(waits(ticket, ticket[visits], end), start=1):
            first = ticket[visits][number][0]
            one = handoff | {"at": first["at"], "team": first["team"], "ticket": ticket["id"]}
            if (
                (not filters.start or one["at"].date() >= filters.start)
                and (not filters.end or one["at"].date() <= filters.end)
                and (not filters.tiers or one["to"] in filters.tiers)
                and (not filters.teams or one["team"] in filters.teams)
            ):
                out.append(one)
    return out


@each_filter
@pytest.mark.parametrize(
    ("by", "visits", "key"), [("receiving_tier", "tier_visits", "to"), ("receiving_team", "visits", "team")]
)
def test_latency_by_receiver(warehouse, tickets, filters, by, visits, key):
    told = questions.handoff_latency(warehouse, filters, by).set_index("to_key")
    flat = handoffs_of(tickets, visits, filters)
    assert set(told.index) == {h[key] for h in flat}
    for name, row in told.iterrows():
        some = [h for h in flat if h[key] == name]
        hours = [h["hours"] for h in some if h["acknowledged"]]
        assert row["handoffs"] == len(some)
        if hours:
            assert row["p75_hours"] == pytest.approx(np.percentile(hours, 75))
            assert row["p95_hours"] == pytest.approx(np.percentile(hours, 95))
        wanted = kaplan_meier(some, 0.9)
        assert row["km_p90_hours"] == pytest.approx(wanted) if wanted is not None else np.isnan(row["km_p90_hours"])


@each_filter
def test_latency_curve_and_heatmap(warehouse, tickets, filters):
    flat = handoffs_of(tickets, "tier_visits", filters)
    curve = questions.latency_curve(warehouse, filters, "all")
    hours = [h["hours"] for h in flat if h["acknowledged"]]
    assert curve["wait_hours"].to_numpy() == pytest.approx(np.percentile(hours, np.arange(201) / 2))
    assert curve["acknowledged_share"].iloc[-1] == pytest.approx(len(hours) / len(flat))
    heat = questions.latency_heatmap(warehouse, filters)
    assert heat["handoffs"].sum() == len(flat)
    for row in heat.itertuples():
        some = [h for h in flat if h["at"].weekday() == row.weekday and h["at"].hour == row.hour]
        done = [h["hours"] for h in some if h["acknowledged"]]
        assert (row.handoffs, row.acknowledged) == (len(some), len(done))
        assert np.isnan(row.p50_hours) if not done else row.p50_hours == pytest.approx(np.median(done))


@each_filter
def test_handoff_list(warehouse, tickets, filters):
    told = questions.handoff_list(warehouse, filters, most=10_000)
    flat = handoffs_of(tickets, "tier_visits", filters)
    assert sorted(zip(told["ticket_id"], told["wait_hours"].round(6), strict=True)) == sorted(
        (h["ticket"], round(h["hours"], 6)) for h in flat
    )
    late = questions.handoff_list(warehouse, filters, "late", most=10_000)
    assert len(late) == sum(not h["acknowledged"] or h["hours"] > 0.5 for h in flat)
    assert (questions.handoff_list(warehouse, filters, "waiting", most=10_000)["outcome"] == "waiting now").all()


def test_matured_escalation(warehouse, tickets):
    """Aalen-Johansen by hand over each ticket's first visit to the tier."""
    end = max(e["at"] for t in tickets for e in t["events"])
    told = questions.matured_escalation(warehouse).set_index("tier")["matured_rate"]
    for tier in ("L1", "L2", "L3"):
        ends = [outcome for t in tickets if (outcome := first_outcome(t, tier, end))]
        left, risen = 1.0, 0.0
        for days in sorted({d for d, _ in ends if d <= 14}):
            at_risk = sum(d >= days for d, _ in ends)
            risen += left * sum(d == days and why == "up" for d, why in ends) / at_risk
            left *= 1 - sum(d == days and why != "open" for d, why in ends) / at_risk
        assert told[tier] == pytest.approx(risen)


def first_outcome(ticket: dict, tier: str, end) -> tuple[float, str] | None:
    visits = ticket["tier_visits"]
    number = next((i for i, visit in enumerate(visits) if visit[0]["tier"] == tier), None)
    if number is None:
        return None
    visit, stop = visits[number], ended_at(ticket, visits, number)
    put = [e["at"] for e in visit if e["after"] in ("resolved", "closed", "cancelled") and e["after"] != e["before"]]
    days = lambda moment: (moment - visit[0]["at"]).total_seconds() / 86400  # noqa: E731
    if visit[0]["before"] in (None, "open") and put:
        return days(min(put[0], stop or end)), "other"
    if number + 1 < len(visits):
        at = min([put[0], stop]) if put else stop
        return days(at), "up" if visits[number + 1][0]["tier"] > tier else "other"
    if stop is None:
        return days(min([put[0], end]) if put else end), "open"
    return days(min([put[0], stop]) if put else stop), "other"


def test_filter_values_and_period_bounds(warehouse, tickets, log):
    values = questions.filter_values(warehouse).set_index(["attribute", "value"])["tickets"]
    assert values["product", "Atlas"] == sum(t["product"] == "Atlas" for t in tickets)
    assert values["team", "eng"] == sum(any(e["team"] == "eng" for e in t["events"]) for t in tickets)
    assert values["tier", "L3"] == sum(any(e["tier"] == "L3" for e in t["events"]) for t in tickets)
    bounds = questions.period_bounds(warehouse).iloc[0]
    assert bounds["first_day"].date() == min(t["created"] for t in tickets).date()
    assert bounds["last_day"].date() == max(t["created"] for t in tickets).date()


def test_an_empty_selection_is_empty_and_not_zero(warehouse):
    nothing = Filters(start=date(2031, 1, 1))
    assert questions.handoff_latency(warehouse, nothing).empty
    assert questions.tiers(warehouse, nothing)["escalation_rate"].isna().all()
    assert questions.funnel(warehouse, nothing)["share_of_start"].isna().all()
    assert np.isnan(questions.quality(warehouse, nothing)["first_level_resolution"].iloc[0])
