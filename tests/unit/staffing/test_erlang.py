"""Erlang B, C and A against closed forms, published values and the laws of queues."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import integrate

from analytics.errors import InputError, TierscopeError
from analytics.staffing import erlang as e

loads = st.floats(0.01, 200.0)
deterministic = settings(derandomize=True, deadline=None, max_examples=60)


@pytest.mark.parametrize(
    ("agents", "load", "expected", "tolerance"),
    [(1, 1, 0.5, 1e-15), (2, 1, 0.2, 1e-15), (17, 10, 0.012949, 5e-7), (30, 25, 0.05260, 5e-6), (0, 3, 1.0, 0)],
)
def test_erlang_b_published(agents, load, expected, tolerance):
    assert e.erlang_b(agents, load) == pytest.approx(expected, abs=tolerance)


@deterministic
@given(st.integers(0, 60), loads)
def test_erlang_b_is_the_truncated_poisson(agents, load):
    weights = [math.exp(n * math.log(load) - math.lgamma(n + 1)) for n in range(agents + 1)]
    assert e.erlang_b(agents, load) == pytest.approx(weights[-1] / sum(weights), rel=1e-9)


def test_erlang_c_published():
    assert e.erlang_c(14, 10) == pytest.approx(0.1741319335950498, rel=1e-12)
    assert e.service_level(14, 10, 20 / 60, 3) == pytest.approx(0.8883500191794669, rel=1e-12)
    assert e.mean_wait_minutes(14, 10, 3) * 60 == pytest.approx(7.835937, abs=5e-7)


@pytest.mark.parametrize(("agents", "level"), [(11, 0.3896), (12, 0.6402), (13, 0.7956)])
def test_service_level_published(agents, level):
    assert e.service_level(agents, 10, 20 / 60, 3) == pytest.approx(level, abs=5e-5)


def test_three_servers_by_hand():
    """M/M/3 with lambda 6, mu 3: p0 = 1/9, C 4/9, Lq 8/9, Wq 4/27, W 13/27 (hours)."""
    assert e.erlang_c(3, 2) == pytest.approx(4 / 9)
    assert e.queue_length(3, 2) == pytest.approx(8 / 9)
    assert e.mean_wait_minutes(3, 2, 20) / 60 == pytest.approx(4 / 27)
    assert e.mean_wait_minutes(3, 2, 20) / 60 + 1 / 3 == pytest.approx(13 / 27)
    assert e.mean_wait_minutes(3, 2, 10) == pytest.approx(4.4444, abs=5e-5)


def test_ten_agents_and_a_working_day():
    """Ten agents at 95 % with 30-minute tickets: P(wait > 8 h) is 0.0003, so Poisson noise never binds tickets."""
    assert 1 - e.service_level(10, 9.5, 480, 30) == pytest.approx(0.0003, abs=5e-5)


def test_required_agents_and_headcount_published():
    assert e.required_agents(10, 20 / 60, 3, 0.8, 0.85) == 14
    assert e.headcount(14, 0.3) == 20
    assert e.required_agents(10, 20 / 60, 3, 0.8, 0.70) == 15
    assert e.headcount(15, 0.3) == 22


def test_the_unstable_answer_of_a_forum_is_refused():
    """77 agents for a load of 78.125: everybody waits for ever, and no search may return it."""
    assert e.erlang_c(77, 78.125) == 1.0
    assert e.service_level(77, 78.125, 10, 5) == 0.0
    assert e.mean_wait_minutes(77, 78.125, 5) == math.inf
    assert e.required_agents(78.125, 1e6, 5, 0.01) == 79


@deterministic
@given(loads, st.floats(0, 10), st.floats(0.5, 30), st.floats(0, 0.999), st.floats(0.3, 1))
def test_required_agents_is_the_smallest(load, target, handle, level, cap):
    agents = e.required_agents(load, target, handle, level, cap)
    enough = [e.service_level(c, load, target, handle) >= level and load / c <= cap * (1 + 1e-9) for c in (agents,)]
    assert all(enough)
    fewer = agents - 1
    assert fewer == 0 or e.service_level(fewer, load, target, handle) < level or load / fewer > cap * (1 - 1e-9)


def test_search_starts_at_the_first_stable_team():
    """Starting at round(A + 1) gives 4 agents for A = 2.6; 3 are stable, and enough for a lax target."""
    assert e.required_agents(2.6, 60, 1, 0.5) == 3


@deterministic
@given(st.integers(1, 300), loads, st.floats(0, 20), st.floats(0.5, 60))
def test_service_level_rises_with_agents(agents, load, target, handle):
    assert e.service_level(agents + 1, load, target, handle) >= e.service_level(agents, load, target, handle) - 1e-12


@deterministic
@given(st.integers(1, 60), st.floats(0.01, 0.99), st.floats(1, 60))
def test_littles_law(agents, busy, handle):
    load = agents * busy
    assert e.queue_length(agents, load) == pytest.approx(load / handle * e.mean_wait_minutes(agents, load, handle))


@deterministic
@given(st.integers(1, 40), st.floats(0.05, 0.95), st.floats(0.5, 0.999))
def test_wait_quantile_inverts_the_service_level(agents, busy, probability):
    wait = e.wait_quantile_minutes(agents, agents * busy, 3, probability)
    level = e.service_level(agents, agents * busy, wait, 3)
    assert level == pytest.approx(probability, abs=1e-9) or (wait == 0 and level >= probability)


@pytest.mark.parametrize(
    ("agents", "shrinkage", "people"), [(7, 0.3, 10), (0, 0.5, 0), (9, 0.1, 10), (14, 0, 14), (1, 0.9, 10)]
)
def test_headcount_divides_and_forgives_floating_point(agents, shrinkage, people):
    assert e.headcount(agents, shrinkage) == people


def test_erlang_a_published():
    queue = e.erlang_a(14, 10, 3, 5)
    assert queue.probability_wait == pytest.approx(0.14526, abs=5e-6)
    assert queue.probability_abandon == pytest.approx(0.013984, abs=5e-7)
    assert queue.occupancy == pytest.approx(0.704297, abs=5e-7)
    assert queue.mean_wait_minutes == pytest.approx(0.069919, abs=5e-7)


@pytest.mark.parametrize(
    ("agents", "load", "wait", "abandon"), [(100, 100, 0.5132987983, 0.0398610), (12, 10, 0.3032238537, 0.0530916)]
)
def test_erlang_a_with_patience_of_one_handling_time(agents, load, wait, abandon):
    queue = e.erlang_a(agents, load, 4, 4)
    assert queue.probability_wait == pytest.approx(wait, abs=1e-10)
    assert queue.probability_abandon == pytest.approx(abandon, abs=5e-8)


@deterministic
@given(st.integers(1, 300), loads)
def test_erlang_a_is_poisson_when_patience_is_handling(agents, load):
    from scipy.stats import poisson

    assert e.erlang_a(agents, load, 7, 7).probability_wait == pytest.approx(poisson.sf(agents - 1, load), abs=1e-9)


@deterministic
@given(st.integers(1, 80), st.floats(0.05, 0.97))
def test_erlang_a_tends_to_c_with_endless_patience(agents, busy):
    patient = e.erlang_a(agents, agents * busy, 3, 3e9)
    assert patient.probability_wait == pytest.approx(e.erlang_c(agents, agents * busy), abs=1e-6)
    assert patient.mean_wait_minutes == pytest.approx(e.mean_wait_minutes(agents, agents * busy, 3), abs=1e-5)


@deterministic
@given(st.integers(1, 80), loads, st.floats(0.5, 60), st.floats(0.5, 60))
def test_erlang_a_conserves_flow(agents, load, handle, patience):
    """Who does not give up is served: A (1 - P(Ab)) = c x occupancy."""
    queue = e.erlang_a(agents, load, handle, patience)
    assert load * (1 - queue.probability_abandon) == pytest.approx(agents * queue.occupancy, rel=1e-8, abs=1e-10)
    assert 0 <= queue.probability_wait <= 1


@pytest.mark.parametrize(("agents", "load"), [(10_000, 10_000.5), (9_000, 10_000), (10_300, 10_000)])
def test_large_loads_stay_finite(agents, load):
    """Flow is conserved at loads that no factorial survives; B agrees with the ratio of Poisson probabilities."""
    from scipy.stats import poisson

    queue = e.erlang_a(agents, load, 3, 5)
    assert load * (1 - queue.probability_abandon) == pytest.approx(agents * queue.occupancy, rel=1e-9)
    expected = np.exp(poisson.logpmf(agents, load) - poisson.logcdf(agents, load))
    assert e.erlang_b(agents, load) == pytest.approx(expected, rel=1e-6)
    assert np.isfinite(e.erlang_c(agents, load))
    assert e.required_agents(load, 0.5, 3, 0.8) == pytest.approx(10_000, abs=60)


def test_halfin_whitt_published():
    expected = {0.1: 0.88029, 0.5: 0.50454, 1: 0.22336, 1.5: 0.08469, 2: 0.02688}
    for beta, waiting in expected.items():
        assert e.halfin_whitt(beta) == pytest.approx(waiting, abs=5e-6)
    assert e.erlang_c(1_000_000 + 1000, 1_000_000) == pytest.approx(e.halfin_whitt(1), abs=1e-3)


@pytest.mark.parametrize("agents", [5, 8, 10, 14])
@pytest.mark.parametrize("target", [0.0, 0.3, 1.0, 4.0])
def test_answered_in_time_against_numerical_integration(agents, target):
    """The same density integrated by another rule, unscaled, with the served share written out."""
    load, theta = 10.0, 3 / 5

    def height(x):
        return math.exp(load * (1 - math.exp(-theta * x)) / theta - agents * x)

    idle = 1 / e.erlang_b(agents - 1, load)
    whole = integrate.quad(height, 0, 60, limit=500)[0]
    served = integrate.quad(lambda x: load * math.exp(-theta * x) * height(x), 0, target / 3, limit=500)[0]
    expected = (idle + served) / (idle + load * whole)
    assert e.answered_in_time(agents, load, target, 3, 5) == pytest.approx(expected, rel=1e-7)


def test_answered_in_time_agrees_with_abandonment_and_erlang_c():
    assert e.answered_in_time(8, 10, 500, 3, 5) == pytest.approx(1 - e.erlang_a(8, 10, 3, 5).probability_abandon)
    assert e.answered_in_time(14, 10, 1, 3, 1e7) == pytest.approx(e.service_level(14, 10, 1, 3), abs=1e-5)
    assert e.answered_in_time(10_000, 10_000, 30, 3, 5) == pytest.approx(
        1 - e.erlang_a(10_000, 10_000, 3, 5).probability_abandon, rel=1e-8
    )


def test_modified_offered_load_of_a_sine():
    """lambda(t) = 100 + 20 sin t, mu = 1: m(t) = 100 + 10 (sin t - cos t), with its peak at 3 pi / 4."""
    steps = 2000
    step = 2 * math.pi / steps
    t = (np.arange(steps) + 0.5) * step
    load = e.modified_offered_load(100 + 20 * np.sin(t), step, 1.0)
    assert load == pytest.approx(100 + 10 * (np.sin(t) - np.cos(t)), abs=1e-4)
    assert t[load.argmax()] == pytest.approx(3 * math.pi / 4, abs=2 * step)


@pytest.mark.parametrize("scv", [0.0, 0.5, 1.0, 4.0])
def test_modified_offered_load_keeps_the_work(scv):
    rate = np.array([0.0, 10, 40, 20, 5, 0, 0, 0])
    load = e.modified_offered_load(rate, 1.0, 1.5, scv)
    assert load.mean() == pytest.approx(rate.mean() * 1.5, rel=1e-9)
    assert e.modified_offered_load(np.full(8, 12.0), 1.0, 1.5, scv) == pytest.approx(np.full(8, 18.0), rel=1e-9)


def test_modified_offered_load_starts_empty_unless_periodic():
    load = e.modified_offered_load(np.full(50, 12.0), 1.0, 1.5, 1.0, periodic=False)
    assert load[0] == pytest.approx(12 * 1.5 * (1 - math.exp(-0.5 / 1.5)))
    assert load[-1] == pytest.approx(18.0, rel=1e-9)


def test_no_load_needs_nobody():
    assert e.required_agents(0, 1, 3, 0.8) == 0
    assert e.erlang_c(0, 0) == 0.0
    assert e.service_level(3, 0, 1, 3) == 1.0
    assert e.erlang_a(3, 0, 3, 5).probability_wait == 0.0
    assert e.mean_wait_minutes(0, 0, 3) == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: e.erlang_b(-1, 1),
        lambda: e.erlang_b(2.5, 1),
        lambda: e.erlang_b(1, -0.1),
        lambda: e.erlang_c(3, math.nan),
        lambda: e.erlang_c(3, math.inf),
        lambda: e.erlang_c("many", 1),
        lambda: e.service_level(3, 1, -1, 3),
        lambda: e.service_level(3, 1, 1, 0),
        lambda: e.required_agents(3, 1, 3, 1.0),
        lambda: e.required_agents(3, 1, 3, 0.8, 1.2),
        lambda: e.required_agents(3, 1, 3, 0.8, 0.0),
        lambda: e.required_agents(-3, 1, 3, 0.8),
        lambda: e.headcount(3, 1.0),
        lambda: e.headcount(3, -0.1),
        lambda: e.headcount(3.5, 0.1),
        lambda: e.erlang_a(0, 5, 3, 5),
        lambda: e.erlang_a(3, 5, 3, 0),
        lambda: e.erlang_a(3, 5, 3, math.inf),
        lambda: e.halfin_whitt(0),
        lambda: e.modified_offered_load([1, math.nan], 1, 1),
        lambda: e.modified_offered_load([1, -1], 1, 1),
    ],
)
def test_impossible_input_is_refused_with_a_sentence(call):
    with pytest.raises(InputError) as caught:
        call()
    assert isinstance(caught.value, TierscopeError)
    assert caught.value.title.endswith(".")


@pytest.mark.parametrize("most", [40, 3000])
def test_many_blockings_are_the_single_ones(most):
    """Small and large teams, loads from far below to far above the agents."""
    random = np.random.default_rng(0)
    agents = random.integers(0, most, 60)
    load = agents * random.lognormal(0, 1, 60) + random.random(60)
    expected = [e.erlang_b(int(c), a) for c, a in zip(agents, load, strict=True)]
    assert e.blockings(agents, load) == pytest.approx(expected, rel=1e-8, abs=1e-250)


@given(
    st.lists(st.floats(0, 90), min_size=1, max_size=12),
    st.floats(0, 5),
    st.floats(0.5, 30),
    st.floats(0.1, 0.98),
    st.floats(0.5, 1),
)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_many_required_agents_are_the_single_ones(loads, target, handle, level, cap):
    many = e.required_agents_of(np.array([loads, loads]), target, handle, level, cap)
    assert many.tolist() == [[e.required_agents(load, target, handle, level, cap) for load in loads]] * 2


def test_many_required_agents_refuse_what_one_refuses():
    with pytest.raises(InputError, match="cannot be promised"):
        e.required_agents_of(np.array([1.0]), 1, 3, 1.0)
    with pytest.raises(InputError, match="offered_load"):
        e.required_agents_of(np.array([1.0, np.nan]), 1, 3, 0.8)
