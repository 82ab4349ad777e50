"""Twelve tickets, every metric worked out by hand.

The log below ends on 6 March at 12:00. A12 is excluded, so eleven tickets count. The hand-worked figures stand beside each
assertion, with the tickets that make them.
"""

from __future__ import annotations

import pytest

from analytics.metrics import metrics
from tests.logs import drawn, warehouse_of

LOG = """
ticket_id at               kind         tier team
A01       2026-03-02T09:00 created      L1   desk
A01       2026-03-02T09:05 acknowledged L1   desk
A01       2026-03-02T09:20 replied      L1   desk
A01       2026-03-02T09:30 resolved     L1   desk
A01       2026-03-05T09:30 closed       L1   desk

A02       2026-03-02T10:00 created      L1   desk
A02       2026-03-02T10:10 acknowledged L1   desk
A02       2026-03-02T10:30 queued       L2   net
A02       2026-03-02T10:50 acknowledged L2   net
A02       2026-03-02T11:00 replied      L2   net
A02       2026-03-02T12:00 resolved     L2   net

A03       2026-03-02T11:00 created      L1   desk
A03       2026-03-02T11:30 queued       L2   net
A03       2026-03-02T13:30 queued       L3   eng
A03       2026-03-02T14:30 acknowledged L3   eng
A03       2026-03-02T16:30 resolved     L3   eng

A04       2026-03-03T09:00 created      L1   desk
A04       2026-03-03T09:30 queued       L3   eng
A04       2026-03-03T10:15 acknowledged L3   eng
A04       2026-03-03T11:00 pending      L3   eng
A04       2026-03-03T12:00 commented    L3   eng
A04       2026-03-03T13:00 pending      L3   eng
A04       2026-03-03T15:00 acknowledged L3   eng
A04       2026-03-03T15:30 queued       L1   desk
A04       2026-03-03T15:35 acknowledged L1   desk
A04       2026-03-03T16:00 resolved     L1   desk

A05       2026-03-03T09:00 created      L1   desk
A05       2026-03-03T09:30 queued       L1   phone
A05       2026-03-03T10:00 queued       L1   desk
A05       2026-03-03T10:10 acknowledged L1   desk
A05       2026-03-03T11:00 resolved     L1   desk
A05       2026-03-04T09:00 reopened     L1   desk
A05       2026-03-04T10:00 resolved     L1   desk

A06       2026-03-03T12:00 created      L1   desk
A06       2026-03-03T12:05 acknowledged L1   desk
A06       2026-03-03T12:10 replied      L1   desk
A06       2026-03-03T12:30 replied      L1   desk
A06       2026-03-03T13:00 closed       L1   desk

A07       2026-03-03T14:00 created      L1   desk
A07       2026-03-03T15:00 cancelled    L1   desk

A08       2026-03-06T11:00 created      L1   desk
A08       2026-03-06T11:50 queued       L2   net

A09       2026-03-05T09:00 created      L1   desk
A09       2026-03-05T10:00 queued       L2   net

A10       2026-03-04T09:00 created      -    -
A10       2026-03-04T09:10 queued       L2   app
A10       2026-03-04T09:20 acknowledged L2   app
A10       2026-03-04T10:00 queued       L2   net
A10       2026-03-04T10:40 acknowledged L2   net
A10       2026-03-04T11:00 resolved     L2   net
A10       2026-03-04T11:30 changed      L1   desk
A10       2026-03-04T12:00 closed       L1   desk

A11       2026-03-06T09:00 created      L1   phone
A11       2026-03-06T09:10 acknowledged L1   phone
A11       2026-03-06T09:30 pending      L1   phone
A11       2026-03-06T12:00 commented    L1   phone

A12       2026-03-04T09:00 created      L1   desk
A12       2026-03-04T09:30 excluded     L1   desk
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return metrics(warehouse_of(drawn(LOG), tmp_path_factory.mktemp("twelve") / "log.duckdb"))


def test_dataset(told):
    assert told["dataset"] == {
        "events": 56,  # 5 + 6 + 5 + 10 + 7 + 5 + 2 + 2 + 2 + 8 + 4
        "tickets": 11,
        "first_at": "2026-03-02T09:00:00Z",
        "last_at": "2026-03-06T12:00:00Z",
        "rejected_rows": 0,
        "teams": 5,  # desk, phone, net, app, eng
    }


@pytest.mark.parametrize(
    ("tier", "touched", "only", "entry", "resolved", "escalated"),
    [
        ("L1", 11, 5, 10, 4, 5),  # only: A01 A05 A06 A07 A11; resolved: A01 A04 A05 A06; escalated: A02 A03 A04 A08 A09
        ("L2", 5, 0, 1, 2, 1),  # touched: A02 A03 A08 A09 A10; entry: A10; resolved: A02 A10; escalated: A03
        ("L3", 2, 0, 0, 1, 0),  # touched: A03 A04; resolved: A03
    ],
)
def test_tiers(told, tier, touched, only, entry, resolved, escalated):
    row = next(row for row in told["tiers"] if row["tier"] == tier)
    assert [row[name] for name in ("tickets_touched", "tickets_only", "entry", "resolved", "escalated")] == [
        touched, only, entry, resolved, escalated,
    ]  # fmt: skip
    assert row["share_resolved"] == pytest.approx(resolved / 7)
    assert row["escalation_rate"] == pytest.approx(escalated / touched)
    assert row["escalation_rate_low"] <= row["escalation_rate"] <= row["escalation_rate_high"]


def test_handoffs(told):
    # A02 1, A03 2, A04 2, A08 1, A09 1, A10 1 (after its resolution); beside them A05 2 and A10 1 within a tier
    assert told["handoffs"]["tier"] == {"count": 8, "tickets": 6, "escalations": 6, "returns": 2}
    assert told["handoffs"]["team"] == {"count": 11, "tickets": 7, "lateral": 3}


@pytest.mark.parametrize(
    ("pair", "count", "acknowledged", "p50_minutes", "km_p50_minutes", "share"),
    [
        (("L1", "L2"), 4, 1, 20, None, 1 / 3),  # A02 20; A03 left after 120, A08 open 10 (too young), A09 open 1,560
        (("L1", "L3"), 1, 1, 45, 45, 0),  # A04
        (("L2", "L1"), 1, 0, None, None, 0),  # A10, closed after 30
        (("L2", "L3"), 1, 1, 60, 60, 0),  # A03
        (("L3", "L1"), 1, 1, 5, 5, 1),  # A04
    ],
)
def test_pairs(told, pair, count, acknowledged, p50_minutes, km_p50_minutes, share):
    row = next(row for row in told["handoffs"]["pairs"] if (row["from"], row["to"]) == pair)
    assert (row["count"], row["tickets"], row["acknowledged"], row["unacknowledged"]) == (
        count, count, acknowledged, count - acknowledged,
    )  # fmt: skip
    for name, minutes in (("p50_hours", p50_minutes), ("p90_hours", p50_minutes), ("km_p50_hours", km_p50_minutes)):
        assert row[name] == (None if minutes is None else pytest.approx(minutes / 60))
    assert row["share_within_target"] == pytest.approx(share)


def test_there_are_no_other_pairs(told):
    assert len(told["handoffs"]["pairs"]) == 5


def test_latency(told):
    latency = told["latency"]
    assert (latency["acknowledged"], latency["unacknowledged"], latency["target_minutes"]) == (4, 4, 30)
    assert latency["p50_hours"] == pytest.approx(32.5 / 60)  # of 5, 20, 45, 60: halfway between 20 and 45
    assert latency["p90_hours"] == pytest.approx(55.5 / 60)  # 45 + 0.7 * 15
    # still waiting after  5: 7/8; 20: 7/8 * 5/6; 45: * 3/4 = 0.547; 60: * 2/3 = 0.365 <= one half
    assert latency["km_p50_hours"] == pytest.approx(1.0)
    assert latency["km_p90_hours"] is None
    assert latency["share_within_target"] == pytest.approx(2 / 7)


def test_bounces(told):
    assert told["bounces"] == {
        "team_returns": 2, "team_tickets": 2,  # A04 and A05 back to desk
        "team_immediate": 2, "team_immediate_tickets": 2,
        "tier_returns": 1, "tier_tickets": 1,  # A04
    }  # fmt: skip


def test_paths(told):
    assert told["paths"] == [
        {"path": "L1", "tickets": 5},
        {"path": "L1>L2", "tickets": 3},
        {"path": "L1>L2>L3", "tickets": 1},
        {"path": "L1>L3>L1", "tickets": 1},
        {"path": "L2>L1", "tickets": 1},
    ]


def test_pending(told):
    assert told["pending"] == {
        "events": 3,
        "tickets": 2,
        "days": pytest.approx(4 / 24),
    }  # A04 11:00-15:00; A11 has not ended


def test_quality(told):
    assert told["quality"] == {
        "first_level_resolution": pytest.approx(2 / 7),  # A01 A06
        "first_contact_resolution": pytest.approx(1 / 7),  # A01; A06 took two replies
        "reopen_rate": pytest.approx(1 / 7),  # A05
        "never_resolved": pytest.approx(4 / 11),  # A07 A08 A09 A11
    }


def test_routing(told):
    assert told["routing"] == {
        "L1": {"L2": pytest.approx(4 / 11), "L3": pytest.approx(1 / 11), "resolved": pytest.approx(6 / 11)},
        "L2": {"L1": pytest.approx(1 / 3), "L3": pytest.approx(1 / 3), "resolved": pytest.approx(1 / 3)},
        "L3": {"L1": pytest.approx(1 / 2), "L2": 0, "resolved": pytest.approx(1 / 2)},
    }
