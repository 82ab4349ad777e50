"""The operations' charts and titles: by hand, and without markup from the data."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.charts import operations as ops

T = pd.Timestamp
VISITS = pd.DataFrame({
    "tier": ["L1", "L2", None], "team": ["Desk", "<b>Tech</b>", None],
    "started_at": [T("2025-01-01 08:00"), T("2025-01-01 10:00"), T("2025-01-01 20:00")],
    "ended_at": [T("2025-01-01 10:00"), T("2025-01-01 20:00"), T("2025-01-01 21:00")],
    "acknowledged_at": [T("2025-01-01 08:30"), pd.NaT, T("2025-01-01 20:00")],
})  # fmt: skip
EVENTS = pd.DataFrame({
    "at": [T("2025-01-01 08:00"), T("2025-01-01 20:30")], "kind": ["created", "resolved"], "tier": ["L1", None],
    "team": ["Desk", None],
})  # fmt: skip
LOOPS = pd.DataFrame({
    "team": ["A", "<i>B</i>"], "other_team": ["C", "D"], "loops": [3, 9], "tickets": [3, 8], "hours_lost": [72.0, 24.0],
})  # fmt: skip


def test_a_visit_is_waiting_and_then_in_hand():
    """08:00-10:00, picked up 08:30: 0.5 + 1.5 h. Never picked up: 10 h waiting. At once: 1 h in hand, no waiting."""
    spans = ops.story_spans(VISITS)
    assert spans[["tier", "part", "hours"]].values.tolist() == [
        ["L1", "waiting", 0.5], ["L1", "in hand", 1.5], ["L2", "waiting", 10.0], ["no tier", "in hand", 1.0],
    ]  # fmt: skip
    whole = ops.story_spans(VISITS, waits=False)
    assert set(whole["part"]) == {"held"}
    assert [float(found["hours"].sum()) for found in (whole, spans)] == [13, 13]


def test_the_story_says_stops_and_waiting():
    assert ops.story_title("X-1", VISITS) == "X-1: 3 stops, 13 h in all, 10 h of it waiting to be picked up"
    assert ops.story_title("X-1", VISITS.head(1), waits=False) == "X-1: one stop, 2 h in all"


def test_the_story_is_hatched_where_it_waits_and_carries_no_markup():
    made = ops.story(ops.story_spans(VISITS), EVENTS)
    hatched = {trace.name: trace.marker.pattern.shape for trace in made.data if trace.type == "bar"}
    assert hatched == {"L1 waiting": "/", "L1 in hand": "", "L2 waiting": "/", "no tier in hand": ""}
    assert [trace.name for trace in made.data if trace.type == "scatter"] == ["resolved"]
    assert "<b>" not in str(made.to_json()).replace("\\u003c", "<")
    assert sum(sum(trace.x) for trace in made.data if trace.type == "bar") == pytest.approx(13 * 3.6e6)


def test_loops_by_time_and_by_number():
    by_time, by_number = ops.loops(LOOPS), ops.loops(LOOPS, "loops")
    assert (list(by_time.data[0].x), list(by_number.data[0].x)) == ([3.0, 1.0], [9.0, 3.0])
    assert by_time.data[0].y[1] == "&lt;i&gt;B&lt;/i&gt;<br>⇄ D"
    assert ops.loops_title(LOOPS) == "A and C lose most to tickets sent straight back: 3 d, 75 % of all time lost"
    assert ops.loops_title(LOOPS.head(0)).startswith("Tickets that come straight back")


def backlog(before: int, now: int) -> pd.DataFrame:
    """150 days of one tier: `before` open tickets each day, `now` in the last 28."""
    days = pd.date_range("2025-01-01", periods=150)
    return pd.DataFrame({"day": days, "tier": "L2", "open_tickets": [before] * 122 + [now] * 28})


@pytest.mark.parametrize(
    ("before", "now", "tail"),
    [
        (20, 40, "; L2 holds more than twelve weeks before: 40 against 20"),
        (40, 20, "; L2 holds fewer than twelve weeks before: 20 against 40"),
        (20, 22, ""),  # within 25 %
        (2, 5, ""),  # fewer than five tickets apart
    ],
)
def test_the_backlogs_title_tells_only_clear_changes(before, now, tail):
    told = f"{now} tickets were open at the end of 30 May 2025{tail}"
    assert ops.backlog_title(backlog(before, now)) == told
    assert ops.backlog_title(backlog(before, now).tail(60)).endswith("30 May 2025")


def test_the_backlogs_bold_line_is_a_trailing_week():
    made = ops.backlog(backlog(0, 7))
    bold = made.data[1].y
    assert (bold[121], bold[122], bold[125], bold[128], bold[149]) == (0, 1, 4, 7, 7)


def test_ages_by_hand_add_up():
    frame = pd.DataFrame({"tier": ["L1", "L1", "L1", "L2"], "age_days": [0, 4, 5, 300], "tickets": [1, 2, 4, 8]})
    found = ops.ages(frame)
    assert int(found["tickets"].sum()) == 15
    assert dict(found[found["tickets"] > 0].set_index(["tier", "age"])["tickets"]) == {
        ("L1", "under 1 day"): 1, ("L1", "2–4 days"): 2, ("L1", "5–9 days"): 4, ("L2", "20 days and more"): 8,
    }  # fmt: skip
    assert ops.ages_title(frame) == (
        "8 of 15 open tickets have lain in one tier for 10 working days or more; 8 of those in L2"
    )
    assert ops.ages_title(frame.head(3)) == "Not one of 7 open tickets has lain in one tier for 10 working days"
    assert len(ops.backlog_ages(found).data) == 2


SLA = pd.DataFrame({
    "priority": ["high", "urgent"], "answer_due": [100, 100], "share_answered_in_time": [0.9, 0.8], "resolve_due": [100, 29],
    "share_resolved_in_time": [0.7, 0.1],
})  # fmt: skip


def test_targets_in_order_of_urgency_and_few_hollow():
    made = ops.sla(SLA, ["urgent", "high", "low"])
    assert list(made.data[0].y) == ["urgent", "high"]
    assert list(made.data[1].marker.symbol) == ["diamond-open", "diamond"]
    assert ops.sla_title(SLA) == "Missed most: of priority high, 70 % are resolved in time"
    assert ops.sla_title(SLA.head(0)) == "Answered and resolved in time, by priority"


def rated(good: list[float], counts: list[int]) -> pd.DataFrame:
    return pd.DataFrame({
        "name": ["none", "one", "more"], "csat": good, "csat_low": [g - 0.05 for g in good],
        "csat_high": [g + 0.05 for g in good], "rated": counts, "response_rate": [0.2] * 3,
    })  # fmt: skip


def test_satisfaction_says_a_difference_only_where_intervals_are_apart():
    assert ops.by_handoffs_title(rated([0.9, 0.8, 0.5], [99, 99, 99])) == "Good ratings: 90 % with none, 50 % with more"
    assert ops.by_handoffs_title(rated([0.9, 0.8, 0.5], [99, 99, 9])).startswith("Satisfaction does not differ clearly")
    assert ops.by_handoffs_title(rated([0.9, 0.8, 0.5], [99, 9, 9])) == "Satisfaction by number of handoffs"
    assert (
        ops.by_path_title(rated([0.9, 0.8, 0.5], [99, 99, 9]))
        == "Least satisfied after one: 80 % of 99 ratings are good"
    )


def test_few_ratings_are_hollow_and_grey_and_none_are_left_out():
    made = ops.satisfaction(rated([0.9, 0.8, float("nan")], [30, 29, 0]))
    assert [(t.marker.symbol, t.marker.color) for t in made.data] == [("circle", "#0072B2"), ("circle-open", "#868B94")]
