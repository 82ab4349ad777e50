"""Deadline-exact capacity against the day-by-day team, and against every window written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from analytics.errors import InputError
from analytics.staffing import deferred as d

WEEK = (40, 24, 22, 20, 18)
deterministic = settings(derandomize=True, deadline=None, max_examples=80)
hours = st.lists(st.integers(0, 60), min_size=1, max_size=12)


def every_window(work, due, backlog=()):
    """c* by the formula of one class, each window summed on its own; the backlog is work of day 0 due by day k."""
    jobs = [(day, day + due - 1, w) for day, w in enumerate(work)] + [(0, k, b) for k, b in enumerate(backlog)]
    last = max((job[1] for job in jobs), default=0)
    return max(
        sum(w for arrives, ends, w in jobs if arrives >= s and ends <= t) / (t - s + 1)
        for s in range(last + 1)
        for t in range(s, last + 1)
    )


def keeps_every_deadline(work, due, capacity, backlog=()):
    """An oldest-deadline-first team in plain Python: no hour is late."""
    jobs = [[day, day + due - 1, float(w)] for day, w in enumerate(work)]
    jobs += [[0, k, float(b)] for k, b in enumerate(backlog)]
    for today in range(max(len(work) + due, len(backlog))):
        left = capacity
        for job in sorted((j for j in jobs if j[0] <= today and j[2] > 0), key=lambda j: j[1]):
            done = min(left, job[2])
            job[2] -= done
            left -= done
        if any(job[1] <= today and job[2] > 1e-7 for job in jobs):
            return False
    return True


@pytest.mark.parametrize(("due", "expected", "start", "end"), [(1, 40, 0, 0), (2, 24.8, 0, 4)])
def test_the_week_published(due, expected, start, end):
    found = d.required_capacity(WEEK, due, periodic=True)
    assert found.hours_per_day == pytest.approx(expected)
    assert (found.binding_start, found.binding_end) == (start, end)


def test_a_launch_binds_on_its_days():
    """Launch on day 3: 50 and 44 hours, due within 2 days: (50 + 44) / 3 days."""
    found = d.required_capacity([10, 10, 10, 50, 44, 10, 10], 2)
    assert found.hours_per_day == pytest.approx(94 / 3)
    assert (found.binding_start, found.binding_end, found.binding_due) == (3, 4, 5)
    assert found.window_hours == pytest.approx(94)


@deterministic
@given(hours, st.integers(1, 6), st.lists(st.integers(0, 80), max_size=6))
def test_the_formula_is_every_window(work, due, backlog):
    found = d.required_capacity(work, due, backlog)
    assert found.hours_per_day == pytest.approx(every_window(work, due, backlog))


@deterministic
@given(hours, st.integers(1, 6), st.lists(st.integers(0, 80), max_size=6))
def test_the_answer_is_enough_and_the_least(work, due, backlog):
    need = d.required_capacity(work, due, backlog).hours_per_day
    assert keeps_every_deadline(work, due, need + 1e-9, backlog)
    assert need == 0 or not keeps_every_deadline(work, due, need * 0.999 - 1e-6, backlog)


@deterministic
@given(hours, st.integers(1, 6))
def test_the_window_named_is_as_tight_as_the_answer(work, due):
    found = d.required_capacity(work, due)
    days = found.binding_end - found.binding_start + due
    assert sum(work[found.binding_start : found.binding_end + 1]) / days == pytest.approx(found.hours_per_day)


@deterministic
@given(hours, st.integers(1, 6))
def test_periodic_is_the_limit_of_many_cycles(work, due):
    """The constant capacity for 40 cycles tends to the periodic one from below, and both exceed the mean."""
    found = d.required_capacity(work, due, periodic=True).hours_per_day
    many = d.required_capacity(work * 40, due).hours_per_day
    assert found >= np.mean(work) - 1e-9
    assert many <= found + 1e-9
    assert found - many <= np.mean(work) * (due + 1) / (40 * len(work)) + 1e-9


def test_a_periodic_window_may_wrap():
    """Friday 40 and Monday 40 due within two days: 80 hours in 3 days, from day 4 over the end to day 0."""
    found = d.required_capacity([40, 0, 0, 0, 40], 2, periodic=True)
    assert found.hours_per_day == pytest.approx(80 / 3)
    assert (found.binding_start, found.binding_end, found.binding_due) == (4, 0, 1)


def test_backlog_semantics():
    """Overdue work sits in 0 and must be done today; work due on day 2 has three days."""
    assert d.required_capacity([0, 0, 0], 1, backlog=[30]).hours_per_day == 30
    assert d.required_capacity([0, 0, 0], 5, backlog=[0, 0, 30]).hours_per_day == 10
    found = d.required_capacity([10] * 5, 1, backlog=[0, 0, 60])
    assert found.hours_per_day == pytest.approx(30)
    assert (found.binding_start, found.binding_end) == (0, 2)


def test_backlog_due_after_the_last_day_counts():
    assert d.required_capacity([0], 1, backlog=[0, 0, 0, 80]).hours_per_day == pytest.approx(20)


def test_backlog_before_a_cycle():
    found = d.required_capacity([10, 10], 1, backlog=[0, 0, 0, 0, 0, 120], periodic=True)
    assert found.hours_per_day == pytest.approx(30)
    assert found.mean_hours_per_day == pytest.approx(10)


def test_no_work_needs_no_capacity():
    assert d.required_capacity([0, 0, 0], 2).hours_per_day == 0.0


URGENT, NORMAL = [5, 0, 20, 5, 0, 5], [30, 10, 0, 40, 10, 10]


def classes_by_hand(backlog=()):
    jobs = [(day, day, w) for day, w in enumerate(URGENT)] + [(day, day + 2, w) for day, w in enumerate(NORMAL)]
    jobs += [(0, k, b) for k, b in enumerate(backlog)]
    return max(sum(w for a, b, w in jobs if a >= s and b <= t) / (t - s + 1) for s in range(8) for t in range(s, 8))


@pytest.mark.parametrize("backlog", [(), (4, 0, 30)])
def test_mixed_deadlines(backlog):
    """Mapping, list and the same class split in two all say what every window says."""
    by_name = d.required_capacity({"p1": URGENT, "p3": NORMAL}, {"p3": 3, "p1": 1}, backlog).hours_per_day
    listed = d.required_capacity([URGENT, NORMAL], [1, 3], backlog).hours_per_day
    halves = [np.array(NORMAL) / 2] * 2
    split = d.required_capacity([URGENT, *halves], [1, 3, 3], backlog).hours_per_day
    assert by_name == pytest.approx(classes_by_hand(backlog))
    assert listed == pytest.approx(by_name)
    assert split == pytest.approx(by_name)


def test_mixed_deadlines_in_a_cycle_are_the_limit_of_many():
    found = d.required_capacity([URGENT, NORMAL], [1, 4], periodic=True).hours_per_day
    many = d.required_capacity([URGENT * 60, NORMAL * 60], [1, 4]).hours_per_day
    assert many <= found + 1e-9
    assert found == pytest.approx(many, rel=0.02)


def test_longer_deadlines_never_need_more():
    needs = [d.required_capacity(WEEK, due).hours_per_day for due in range(1, 10)]
    assert needs == sorted(needs, reverse=True)


@deterministic
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_tightness_is_the_answer_per_path(seed, due):
    random = np.random.default_rng(seed)
    work, backlog = random.integers(0, 50, (4, 9)).astype(float), random.integers(0, 50, 4).astype(float)
    urgent = random.integers(0, 20, (4, 9)).astype(float)
    tight = d.tightness([urgent, work], [1, due], backlog)
    alone = [d.required_capacity([u, w], [1, due], backlog).hours_per_day for u, w in zip(urgent, work, strict=True)]
    assert tight.max(axis=1) == pytest.approx(alone)


@deterministic
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_the_schedule_is_late_just_below_the_answer(seed, due):
    """The vectorised team and the demand-bound formula agree: no late hour at c*, some just below it."""
    random = np.random.default_rng(seed)
    work = np.hstack([random.integers(0, 50, (3, 8)), np.zeros((3, due))]).astype(float)
    backlog = random.integers(0, 50, 3).astype(float)
    need = d.tightness(work, due, backlog).max(axis=1)
    assert d.work_off(work, due, need[:, None] + 1e-9, backlog).late.max() < 1e-6
    assert (d.work_off(work, due, need[:, None] * 0.99, backlog).late.sum(axis=1) > 0).all()


@deterministic
@given(st.integers(0, 10_000))
def test_the_schedule_conserves_work(seed):
    random = np.random.default_rng(seed)
    work, backlog = random.integers(0, 50, (3, 10)).astype(float), random.integers(0, 50, 4).astype(float)
    day = d.work_off([work, work / 2], [1, 3], random.integers(0, 90, 10), backlog)
    arrived = np.cumsum(1.5 * work, axis=1) + backlog.sum()
    assert day.done.cumsum(axis=1) + day.backlog == pytest.approx(arrived)
    assert (day.late <= day.due + 1e-9).all()


def test_the_schedule_by_hand():
    """
    day       0    1    2
    arrives  10   30    0    (due within 2 days), opening 4 overdue
    capacity 12   12   12
    done     12   12   12    day 0: 4 overdue then 8 of day 0; day 1: 2 then 10 of day 1; day 2: 12 of its 20
    left      2   20    8
    late      0    0    8    the 20 left of day 1 are due by the end of day 2
    """
    day = d.work_off([[10, 30, 0]], 2, 12, [4])
    assert day.done.tolist() == [[12, 12, 12]]
    assert day.backlog.tolist() == [[2, 20, 8]]
    assert day.late.tolist() == [[0, 0, 8]]


@pytest.mark.parametrize(
    ("target", "day", "due"), [(4, 8, 1), (8, 8, 1), (16, 8, 2), (12, 8, 1), (24, 8, 3), (24, 24, 1)]
)
def test_due_days(target, day, due):
    assert d.due_days_of(target, day) == due


def test_backlog_by_due_day():
    slots = d.backlog_by_due_day([6, 4, 5, 1], [-3, -1, 0, 2], overdue_within_days=5)
    assert slots.tolist() == [7, 2, 3, 2, 2]
    assert d.backlog_by_due_day([6, 5], [-1, 1]).tolist() == [6, 5]


@pytest.mark.parametrize(
    "call",
    [
        lambda: d.required_capacity([], 1),
        lambda: d.required_capacity([1, -1], 1),
        lambda: d.required_capacity([1, np.nan], 1),
        lambda: d.required_capacity([1, 2], 0),
        lambda: d.required_capacity([1, 2], 1.5),
        lambda: d.required_capacity([1, 2], 1, backlog=[-1]),
        lambda: d.required_capacity([1, 2], 1, backlog=[np.inf]),
        lambda: d.required_capacity({"a": [1]}, {"b": 1}),
        lambda: d.required_capacity({"a": [1]}, 1),
        lambda: d.required_capacity([[1], [2]], [1]),
        lambda: d.required_capacity([[1], [2, 3]], [1, 2]),
        lambda: d.required_capacity("many", 1),
        lambda: d.due_days_of(0, 8),
        lambda: d.due_days_of(8, 0),
    ],
)
def test_impossible_input_is_refused_with_a_sentence(call):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.title.endswith(".")


@deterministic
@given(st.integers(0, 10_000))
def test_teams_side_by_side_are_each_team_alone(seed):
    """And each is the day-by-day rule in plain Python: oldest deadline first, one hour pile per due day."""
    random = np.random.default_rng(seed)
    classes = [random.integers(0, 30, (2, 7)).astype(float) for _ in range(2)]
    due, backlog, teams = [1, 3], random.integers(0, 40, 5).astype(float), random.integers(0, 60, (3, 7)).astype(float)
    beside = d.work_off_teams(classes, due, teams, backlog)
    for capacity, seen in zip(teams, beside, strict=True):
        alone = d.work_off(classes, due, capacity, backlog)
        for name in ("done", "backlog", "late", "due"):
            assert getattr(seen, name).tolist() == getattr(alone, name).tolist()
        for path in range(2):
            late, left = _by_hand([c[path] for c in classes], due, capacity, backlog)
            assert seen.late[path] == pytest.approx(late)
            assert seen.backlog[path] == pytest.approx(left)


def _by_hand(classes, due, capacity, backlog) -> tuple[list[float], list[float]]:
    piles = {day: float(hours) for day, hours in enumerate(backlog)}
    late, left = [], []
    for day, hours in enumerate(capacity):
        for work, within in zip(classes, due, strict=True):
            piles[day + within - 1] = piles.get(day + within - 1, 0.0) + work[day]
        for deadline in sorted(piles):
            done = min(piles[deadline], hours)
            piles[deadline] -= done
            hours -= done
        late.append(piles.get(day, 0.0))
        left.append(sum(piles.values()))
    return late, left


def test_a_value_that_is_not_a_number_is_still_refused():
    for bad in (np.nan, np.inf, -1.0):
        with pytest.raises(InputError, match="finite and at least 0"):
            d.work_off([[1.0, bad]], 1, 5.0)
