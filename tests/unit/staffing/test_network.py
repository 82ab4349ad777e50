"""Visits and waits in the network of tiers: closed forms, conservation of flow, published values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from analytics.errors import InputError, UnstableError
from analytics.staffing import erlang, network as n

deterministic = settings(derandomize=True, deadline=None, max_examples=60)
CLIMB = [[0, 0.2, 0], [0, 0, 0.1], [0, 0, 0]]
BOUNCE = [[0, 0.2, 0], [0.05, 0, 0.1], [0, 0.15, 0]]
THREE_NODES = [[0, 0.3, 0.7], [0, 0, 1], [0, 0, 0]]


@st.composite
def networks(draw):
    nodes = draw(st.integers(1, 5))
    cells = st.lists(st.floats(0, 1), min_size=nodes, max_size=nodes)
    matrix = np.array(draw(st.lists(cells, min_size=nodes, max_size=nodes)))
    stay = np.array(draw(st.lists(st.floats(0.05, 1), min_size=nodes, max_size=nodes)))
    matrix = matrix / (matrix.sum(axis=1, keepdims=True) + stay[:, None])
    return np.array(draw(st.lists(st.floats(0.1, 100), min_size=nodes, max_size=nodes))), matrix


def test_hundred_tickets_that_climb():
    """100 tickets, escalation .2 and .1, efforts 15/30/100 min: visits 100/20/2, hours 25/10/3.333, mix 65/26/9 %."""
    visits = n.visit_rates([100, 0, 0], CLIMB)
    hours = visits * np.array([15, 30, 100]) / 60
    assert visits == pytest.approx([100, 20, 2])
    assert hours == pytest.approx([25, 10, 10 / 3])
    assert 100 * hours / hours.sum() == pytest.approx([65.22, 26.09, 8.70], abs=0.005)


def test_hundred_tickets_that_also_return():
    visits = n.visit_rates([100, 0, 0], BOUNCE)
    assert visits == pytest.approx([101.0256, 20.5128, 2.0513], abs=5e-5)
    assert (visits * np.array([15, 30, 100]) / 60).sum() == pytest.approx(38.9316, abs=5e-5)


@deterministic
@given(networks())
def test_flow_is_conserved(network):
    external, matrix = network
    rates = n.visit_rates(external, matrix)
    assert rates == pytest.approx(external + matrix.T @ rates)
    assert (rates * (1 - matrix.sum(axis=1))).sum() == pytest.approx(external.sum())
    assert n.resolved_per_ticket(external, matrix).sum() == pytest.approx(1.0)


@deterministic
@given(networks())
def test_visits_are_a_sum_over_paths(network):
    """The Neumann series gamma (I + P + P^2 + ...), the same thing without an inverse."""
    external, matrix = network
    flow, total = external.copy(), external.copy()
    for _ in range(3000):
        flow = flow @ matrix
        total += flow
    assert n.visit_rates(external, matrix) == pytest.approx(total, rel=1e-6)


def test_days_at_once():
    days = np.array([[100, 0, 0], [50, 10, 1]])
    both = n.visit_rates(days, BOUNCE)
    assert both == pytest.approx(np.stack([n.visit_rates(day, BOUNCE) for day in days]))


def test_three_nodes_published():
    found = n.mean_waits((0.3, 0.2, 0), THREE_NODES, (1, 2.5, 2), (1, 2, 2))
    assert found.rates == pytest.approx([0.3, 0.29, 0.5])
    assert found.wait_hours == pytest.approx([0.42857, 0.37822, 0.66667], abs=5e-6)
    assert found.queue_length == pytest.approx(found.rates * found.wait_hours)
    assert found.sojourn_hours == pytest.approx(found.wait_hours + np.array([1, 2.5, 2]))


def test_one_node_is_erlang_c():
    """M/M/3, lambda 6, mu 3: Wq 4/27; lambda .2, mu .1: Wq 4.4444."""
    assert n.mean_waits([6], [[0]], 1 / 3, 3).wait_hours == pytest.approx([4 / 27])
    assert n.mean_waits([0.2], [[0]], 10, [3]).wait_hours == pytest.approx([4.4444], abs=5e-5)


@deterministic
@given(networks())
def test_a_jackson_network_is_poisson_everywhere(network):
    external, matrix = network
    rates = n.visit_rates(external, matrix)
    agents = np.floor(rates * 0.5).astype(int) + 2
    found = n.mean_waits(external, matrix, 0.5, agents)
    assert found.arrival_scv == pytest.approx(np.ones(len(external)), abs=1e-6)
    alone = [erlang.mean_wait_minutes(int(c), r * 0.5, 30) / 60 for c, r in zip(agents, rates, strict=True)]
    assert found.wait_hours == pytest.approx(alone, rel=1e-6)


@pytest.mark.parametrize(("agents", "departures"), [(1, 2.92), (4, 1.96)])
def test_qna_departures_published(agents, departures):
    """rho .8, c_a^2 1, c_s^2 4: all that leaves the first station arrives at the second."""
    found = n.mean_waits([0.8 * agents, 0], [[0, 1], [0, 0]], [1, 0.1], [agents, 1], 1, [4, 1])
    assert found.utilisation[0] == pytest.approx(0.8)
    assert found.arrival_scv[1] == pytest.approx(departures)


def test_qna_in_a_tandem_by_hand():
    """Two stations in line, rho .8 and .5, c_s^2 4 and 1: the second sees 2.92 and waits (2.92 + 1)/2 times M/M/1."""
    found = n.mean_waits([0.8, 0], [[0, 1], [0, 0]], [1, 0.625], 1, 1, [4, 1])
    assert found.arrival_scv == pytest.approx([1, 2.92])
    assert found.wait_hours[0] == pytest.approx(2.5 * 0.8 * 1 / 0.2)
    assert found.wait_hours[1] == pytest.approx(1.96 * 0.5 * 0.625 / 0.5)


def test_qna_splits_and_merges_by_hand():
    """Half of a 2.92 flow is 1.96; merged with as much Poisson it is 1.48."""
    found = n.mean_waits([0.8, 0.4], [[0, 0.5], [0, 0]], [1, 0.5], 1, 1, [4, 1])
    assert found.arrival_scv[1] == pytest.approx(0.5 * (0.5 * 2.92 + 0.5) + 0.5 * 1.0)


def test_arrival_variability_counts():
    smooth = n.mean_waits([0.8], [[0]], 1, 1, arrival_scv=0.5).wait_hours
    assert smooth == pytest.approx(0.75 * n.mean_waits([0.8], [[0]], 1, 1).wait_hours)


def test_a_tier_without_visits_waits_for_nothing():
    found = n.mean_waits([1, 0, 0], [[0, 0.2, 0], [0, 0, 0], [0, 0, 0]], 0.5, [1, 1, 0])
    assert found.wait_hours[2] == 0.0
    assert found.utilisation[2] == 0.0


@pytest.mark.parametrize("agents", [77, 78])
def test_the_unstable_answer_of_a_forum_is_refused(agents):
    with pytest.raises(UnstableError, match="at least 79 agents"):
        n.mean_waits([78.125], [[0]], 1, agents)


def test_work_without_agents_is_refused():
    with pytest.raises(UnstableError, match="Tier 1"):
        n.mean_waits([10, 0], [[0, 0.2], [0, 0]], 0.1, [2, 0])


@pytest.mark.parametrize("loop", [[[0, 1], [1, 0]], [[1.0]], [[0, 0.5, 0.5], [0, 0, 1], [0, 1, 0]]])
def test_an_endless_loop_is_refused_and_named(loop):
    with pytest.raises(UnstableError, match="circle for ever") as caught:
        n.visit_rates(np.ones(len(loop)), loop)
    assert "1" in caught.value.found or "0" in caught.value.found
    assert caught.value.todo


@pytest.mark.parametrize(
    "call",
    [
        lambda: n.visit_rates([1, -1], [[0, 0.1], [0, 0]]),
        lambda: n.visit_rates([1, np.nan], [[0, 0.1], [0, 0]]),
        lambda: n.visit_rates([1, 1], [[0, -0.1], [0, 0]]),
        lambda: n.visit_rates([1, 1], [[0, 1.1], [0, 0]]),
        lambda: n.visit_rates([1, 1, 1], [[0, 0.1], [0, 0]]),
        lambda: n.visit_rates([1, 1], [[0, 0.1]]),
        lambda: n.mean_waits([1], [[0]], -1, 3),
        lambda: n.mean_waits([1], [[0]], 0.1, 2.5),
        lambda: n.mean_waits([1], [[0]], [0.1, 0.2], 3),
        lambda: n.mean_waits([1], [[0]], 0.1, 3, arrival_scv=-1),
        lambda: n.mean_waits([1], [[0]], 0.1, 3, service_scv=np.inf),
        lambda: n.visits_per_ticket([0, 0], [[0, 0.1], [0, 0]]),
        lambda: n.estimate_routing([[1, 2, 3]], ["L1", "L2"]),
        lambda: n.estimate_routing([[1, 2, 3], [1, 0, 1]], ["L1", "L2"]),
        lambda: n.deflect([100, 0], [[0, 0.3], [0, 0]], 0, 0.8),
    ],
)
def test_impossible_input_is_refused_with_a_sentence(call):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.title.endswith(".")


COUNTS = [[0, 180, 20, 800], [10, 0, 15, 155], [0, 3, 0, 32]]


def test_routing_is_nearly_the_counts_and_its_interval_holds_them():
    found = n.estimate_routing(COUNTS, ["L1", "L2", "L3"])
    raw = np.array(COUNTS)[:, :3] / np.array(COUNTS).sum(axis=1, keepdims=True)
    assert found.matrix == pytest.approx(raw, abs=0.01)
    assert (found.low <= found.matrix).all()
    assert (found.matrix <= found.high).all()
    assert (found.high - found.low)[2, 1] > (found.high - found.low)[0, 1]


def test_routing_interval_is_the_beta_quantile():
    from scipy.stats import beta

    found = n.estimate_routing(COUNTS, ["L1", "L2", "L3"], prior_visits=3.0)
    assert found.low[0, 1] == pytest.approx(beta.ppf(0.025, 181, 822))
    assert found.high[0, 1] == pytest.approx(beta.ppf(0.975, 181, 822))
    assert found.low[0, 0] == found.high[0, 0] == 0.0


def test_routing_draws_have_the_mean_and_the_spread():
    found = n.estimate_routing(COUNTS, ["L1", "L2", "L3"])
    draws = found.draws(20_000, seed=1)
    assert draws.mean(axis=0) == pytest.approx(found.matrix, abs=0.002)
    assert np.quantile(draws[:, 0, 1], 0.975) == pytest.approx(found.high[0, 1], abs=0.003)
    assert (draws == found.draws(20_000, seed=1)).all()


def test_a_tier_never_left_keeps_its_visits_and_says_it_does_not_know():
    found = n.estimate_routing([[0, 5, 0, 95], [0, 0, 0, 0], [0, 0, 0, 0]], ["L1", "L2", "L3"])
    assert (found.matrix[1:] == 0).all()
    assert found.high[1, 0] > 0.5


def test_a_category_leans_on_the_whole():
    whole = [[0, 0.2, 0.0], [0.1, 0, 0.1], [0, 0.1, 0]]
    few = n.estimate_routing([[0, 1, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]], "ABC", prior_visits=20, prior_routing=whole)
    assert few.matrix[0, 1] == pytest.approx((1 + 20 * 0.2) / 22)
    assert few.matrix[1] == pytest.approx(whole[1])


def test_categories_add_up():
    external = np.array([[60, 0, 0], [40, 5, 0]])
    total = n.rates_by_category(external, [CLIMB, BOUNCE])
    assert total == pytest.approx(n.visit_rates(external[0], CLIMB) + n.visit_rates(external[1], BOUNCE))


def test_twice_the_tickets_of_one_category_by_hand():
    """60 tickets climb with 0.2 and 40 with 0.5; no arrow leads back. Twice the 40: 140 enter and 12 + 40 of 140 climb."""
    external = np.array([[60.0, 0], [40, 0]])
    routings = [np.array([[0, 0.2], [0, 0]]), np.array([[0, 0.5], [0, 0]])]
    arrivals, ways = n.remixed(external, routings, [1, 2])
    assert arrivals == pytest.approx([1.4, 1.0])
    assert ways[0, 1:] == pytest.approx([(52 / 140) / (32 / 100), (88 / 140) / (68 / 100)])
    assert ways[1] == pytest.approx([1, 1, 1])


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(*[st.floats(0, 50)] * 2), min_size=3, max_size=3),
    st.lists(st.tuples(*[st.floats(0.01, 0.4)] * 6), min_size=3, max_size=3),
    st.lists(st.floats(0.1, 5), min_size=3, max_size=3),
)
def test_the_mixed_network_has_the_visits_of_its_categories(entering, shares, factors):
    """The common matrix, as categories of factor 1 make it, moved by the multiples, gives the visits of each category alone."""
    external = np.array([[1.0 + a, b, 0.0] for a, b in entering])
    routings = [np.array([[0, a, b], [c, 0, d], [e, f, 0]]) for a, b, c, d, e, f in shares]
    rates = np.array([n.visit_rates(row, matrix) for row, matrix in zip(external, routings, strict=True)])
    whole = [np.hstack([m, 1 - m.sum(axis=1, keepdims=True)]) for m in routings]
    common = np.einsum("ci,cij->ij", rates, whole) / rates.sum(axis=0)[:, None]
    arrivals, ways = n.remixed(external, routings, factors)
    found = n.visit_rates(external.sum(axis=0) * arrivals, (common * ways)[:, :-1])
    assert found == pytest.approx(n.rates_by_category(external * np.array(factors)[:, None], routings))
    assert (common * ways).sum(axis=1) == pytest.approx(1)


def test_deflection_raises_the_escalation_of_the_rest():
    external, routing = n.deflect([100, 0, 0], CLIMB, 0, 0.3)
    assert external == pytest.approx([70, 0, 0])
    assert routing[0, 1] == pytest.approx(0.2 / 0.7)
    assert n.visit_rates(external, routing) == pytest.approx([70, 20, 2])


def test_deflection_leaves_the_upper_tiers_alone_with_returns_too():
    before = n.visit_rates([100, 3, 0], BOUNCE)
    external, routing = n.deflect([100, 3, 0], BOUNCE, 0, 0.25)
    after = n.visit_rates(external, routing)
    assert after[1:] == pytest.approx(before[1:])
    assert after[0] == pytest.approx(before[0] - 25)
