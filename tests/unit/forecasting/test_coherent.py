"""Tiers that add up, against network algebra, hand-worked delays and simulation."""

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InputError
from analytics.forecasting import coherent

TIERS = ("L1", "L2", "L3")
DAYS = pd.date_range("2024-06-03", periods=10)


def routing(visits=1e9, delay_days=0, returns=True):
    """L1 escalates a fifth, L2 a tenth; L2 returns 5 %, L3 15 %. Delay the same for every pair."""
    share = np.array([[0, 0.2, 0, 0.8], [0.05, 0, 0.1, 0.85], [0, 0.15, 0, 0.85]])
    if not returns:
        share = np.array([[0, 0.2, 0, 0.8], [0, 0, 0.1, 0.9], [0, 0, 0, 1.0]])
    delays = np.zeros((3, 3, delay_days + 1))
    delays[:, :, delay_days] = 1
    return coherent.Routing(TIERS, share * visits, delays)


def arrivals(paths, days=10, rate=100.0, seed=1):
    external = np.zeros((paths, days, 3))
    external[:, :, 0] = np.random.default_rng(seed).poisson(rate, (paths, days))
    return external


def test_same_day_routing_gives_the_known_visit_rates():
    """100 tickets with returns: λ = (101.0256, 20.5128, 2.0513), the network's closed form."""
    external = np.tile([100.0, 0, 0], (10, 1))
    found = coherent.expected_visits(external, np.zeros((5, 3)), routing())
    assert found[-1] == pytest.approx([101.0256, 20.5128, 2.0513], abs=1e-3)


def test_delays_move_tickets_to_later_days():
    """One day's 100 tickets, two days' delay, no returns: L2 gets 20 on the third day, L3 two on the fifth."""
    external = np.zeros((10, 3))
    external[0, 0] = 100
    found = coherent.expected_visits(external, np.zeros((5, 3)), routing(delay_days=2, returns=False))
    assert found[:, 1] == pytest.approx([0, 0, 20, 0, 0, 0, 0, 0, 0, 0], abs=1e-5)
    assert found[:, 2] == pytest.approx([0, 0, 0, 0, 2, 0, 0, 0, 0, 0], abs=1e-5)


def test_visits_before_the_forecast_still_send_tickets_on():
    history = np.zeros((30, 3))
    history[-1, 0] = 50
    found = coherent.expected_visits(np.zeros((10, 3)), history, routing(delay_days=1, returns=False))
    assert found[0] == pytest.approx([0, 10, 0], abs=1e-5)


@pytest.mark.parametrize("delay_days", [0, 3])
def test_sample_paths_agree_with_the_means(delay_days):
    made, history = routing(delay_days=delay_days), np.tile([100.0, 20, 2], (20, 1))
    external = arrivals(4000)
    found = coherent.follow_through(external, history, made, DAYS)
    means = coherent.expected_visits(external.mean(axis=0), history, made)
    assert found.samples.mean(axis=0) == pytest.approx(means, rel=0.05, abs=0.1)


def test_tiers_add_up_in_every_path_and_are_counts():
    found = coherent.follow_through(arrivals(500), np.zeros((3, 3)), routing(delay_days=1), DAYS)
    assert found.samples.min() >= 0
    assert (found.samples == np.floor(found.samples)).all()
    by_tier = found.points.groupby("at")["mean"].sum().to_numpy()
    assert by_tier == pytest.approx(found.total["mean"].to_numpy())
    assert (found.points["low95"] <= found.points["low80"]).all()
    assert (found.points["high80"] <= found.points["high95"]).all()


def test_little_history_makes_wide_intervals():
    def width(visits):
        found = coherent.follow_through(arrivals(2000), np.zeros((3, 3)), routing(visits=visits, returns=False), DAYS)
        second = found.points[found.points["tier"] == "L2"]
        return float((second["high80"] - second["low80"]).mean())

    assert width(20) > 1.5 * width(1e6)


def test_routing_is_counted_from_visits():
    visits = pd.DataFrame(
        {
            "tier": ["L1", "L1", "L1", "L2"],
            "next_tier": ["L2", None, "L2", "L3"],
            "started_at": pd.to_datetime(
                ["2024-01-01 23:00", "2024-01-01 09:00", "2024-01-02 09:00", "2024-01-02 09:00"]
            ),
            "next_started_at": pd.to_datetime(["2024-01-02 01:00", None, "2024-01-05 01:00", "2024-01-02 10:00"]),
        }
    )
    found = coherent.routing_from_visits(visits, TIERS, longest_delay_days=5)
    assert found.moves.tolist() == [[0, 2, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0]]
    monday, tuesday, sunday = (
        0,
        1,
        6,
    )  # five visits of all weekdays (half after a day, half after three) lean on its own one
    assert found.delays[monday, 0, 1, :4] == pytest.approx([0, 3.5 / 6, 0, 2.5 / 6])
    assert found.delays[tuesday, 0, 1, :4] == pytest.approx([0, 2.5 / 6, 0, 3.5 / 6])
    assert found.delays[sunday, 0, 1, :4] == pytest.approx([0, 0.5, 0, 0.5])
    assert found.delays[tuesday, 1, 2, 0] == 1
    assert found.delays[sunday, 2, 0, [0, 1, 3]] == pytest.approx([1 / 3, 1 / 3, 1 / 3])


def test_groups_of_equal_visits_count_like_the_visits():
    visits = pd.DataFrame(
        {
            "tier": ["L1", "L1", "L2", "L2", "L2"],
            "next_tier": ["L2", "L2", None, None, "L1"],
            "started_at": pd.to_datetime(["2024-01-01"] * 2 + ["2024-01-03"] * 3),
            "next_started_at": pd.to_datetime(["2024-01-02"] * 2 + [None, None, "2024-01-03"]),
        }
    )
    grouped = visits.drop_duplicates().assign(visits=[2, 2, 1])
    one, other = (coherent.routing_from_visits(frame, TIERS, longest_delay_days=5) for frame in (visits, grouped))
    assert one.moves.tolist() == other.moves.tolist()
    assert np.array_equal(one.delays, other.delays)


def test_a_closed_weekend_sends_nothing_on():
    """Ten visits a day enter L1 and all go on to a L2 that works Monday to Friday: what comes on Friday, Saturday and Sunday
    goes on on Monday, so that L2 gets 30 on Mondays, 10 on other working days, and none at weekends."""
    delays = np.zeros((7, 2, 2, 4))
    delays[:, :, :, 1] = 1
    for weekday, days in ((4, 3), (5, 2), (6, 1)):
        delays[weekday, 0, 1] = np.eye(4)[days]
    routing = coherent.Routing(("L1", "L2"), np.array([[0, 1e9, 0], [0, 0, 1e9]]), delays)
    external, history = np.tile([10.0, 0.0], (14, 1)), np.tile([10.0, 0.0], (28, 1))
    found = coherent.expected_visits(external, history, routing, first_weekday=2)[:, 1]
    assert found == pytest.approx([10, 10, 10, 0, 0, 30, 10] * 2, abs=1e-4)
    days = pd.date_range("2024-01-03", periods=14)  # a Wednesday
    sampled = coherent.follow_through(np.tile(external, (400, 1, 1)), history, routing, days, seed=1).samples
    assert sampled[:, :, 1].mean(axis=0) == pytest.approx(found, abs=1.5)
    assert (sampled[:, [3, 4], 1] == 0).all()


def test_what_must_enter_so_that_visits_come_out_in_a_mix():
    """L1 sends a quarter up, L2 nothing on. Visits 0.5 and 0.5: L1 must get 0.5, of which 0.125 reach L2, so 0.375 enter
    there: 4/7 and 3/7 of the tickets. A mix with less L2 than L1 sends up cannot be had: all enter at L1."""
    routing = coherent.Routing(
        ("L1", "L2"), np.array([[0, 250e6, 750e6], [0, 0, 1e9]]), np.eye(1, 3)[None].repeat(4, 0).reshape(2, 2, 3)
    )
    assert coherent.entering_for_mix(routing, np.array([0.5, 0.5])) == pytest.approx([4 / 7, 3 / 7], abs=1e-6)
    assert coherent.entering_for_mix(routing, np.array([0.9, 0.1])) == pytest.approx([1, 0], abs=1e-6)


def test_comparison_with_direct_forecasts():
    """L1: errors 10 of 100 against 20 of 100; L2: nothing came, so neither can be scored."""
    actual = {"L1": np.array([50.0, 50]), "L2": np.zeros(2)}
    near = {"L1": np.array([55.0, 45]), "L2": np.ones(2)}
    far = {"L1": np.array([60.0, 40]), "L2": np.ones(2)}
    found = coherent.compare_with_direct(actual, near, far).set_index("tier")
    assert found.loc["L1", ["coherent_wape", "direct_wape", "better"]].tolist() == [0.1, 0.2, "coherent"]
    assert pd.isna(found.loc["L2", "better"])


def test_the_closer_way_has_the_greater_say():
    """Errors 10 through the routing against 5 by itself, twice: leant by one origin's 7.5 they are 27.5 and 17.5, and
    1/(1 + (17.5/27.5)⁶) = 0.94 goes to the tier itself. Equal errors share; with nothing tried, or nothing wrong, the routing
    alone speaks."""
    found = coherent.direct_parts(np.array([[10.0, 4, 0], [10, 4, 0]]), np.array([[5.0, 4, 0], [5, 4, 0]]))
    assert found == pytest.approx([1 / (1 + (17.5 / 27.5) ** 6), 0.5, 0])
    assert coherent.direct_parts(np.empty((0, 2)), np.empty((0, 2))).tolist() == [0, 0]


def test_leaning_moves_means_and_tiers_still_add_up():
    through = coherent.follow_through(arrivals(3000), np.tile([100.0, 20, 2], (20, 1)), routing(), DAYS, seed=1)
    own = np.tile([90.0, 30, 4], (10, 1))
    own[0, 2] = 0
    found = coherent.leaning(through, TIERS, own, np.array([0.0, 0.5, 1.0]), seed=2)
    means = found.points.pivot(index="at", columns="tier", values="mean").to_numpy()
    before = through.samples.mean(axis=0)
    assert means[:, 0] == pytest.approx(before[:, 0], abs=0.1)
    assert means[:, 1] == pytest.approx((before[:, 1] + 30) / 2, abs=0.3)
    assert means[:, 2] == pytest.approx([0] + [4] * 9, abs=0.15)
    assert (found.samples == np.floor(found.samples)).all()
    assert found.samples.min() >= 0
    assert found.total["mean"].to_numpy() == pytest.approx(means.sum(axis=1))
    assert found.samples.sum(axis=2).mean(axis=0) == pytest.approx(found.total["mean"].to_numpy())
    assert found.total["high80"].to_numpy() == pytest.approx(np.quantile(found.samples.sum(axis=2), 0.9, axis=0))


def test_a_level_that_the_routing_does_not_know_is_leant_on():
    """The tier above halves what it passes on halfway; the routing of the whole history still sends twice as much. By itself
    L2 is closer, so it has the greater say, and what leans on it is closer than the routing alone."""
    rng, days = np.random.default_rng(5), pd.date_range("2024-01-01", periods=280)
    entering = np.zeros((280, 3))
    entering[:, 0] = rng.poisson(100, 280)
    frame = pd.DataFrame(entering, index=days, columns=TIERS)
    frame["L2"] = rng.poisson(np.where(np.arange(280) < 140, 20, 10))
    external = pd.DataFrame(entering, index=days, columns=TIERS)
    made = routing(returns=False)
    found = coherent.backtest_against_direct(external, frame, lambda day: made, 28, origins=3).set_index("tier")
    assert found.loc["L2", "better"] == "direct"
    assert found.loc["L2", "direct_part"] > 0.9
    assert found.loc["L2", "direct_wape"] < found.loc["L2", "together_wape"] < found.loc["L2", "coherent_wape"]


def test_refusals():
    with pytest.raises(InputError):
        coherent.Routing(TIERS, np.ones((3, 3)), np.ones((3, 3, 1)))
    with pytest.raises(InputError):
        coherent.Routing(TIERS, np.ones((3, 4)), np.ones((3, 3, 1)))
    with pytest.raises(InputError):
        coherent.follow_through(np.zeros((5, 9, 3)), np.zeros((3, 3)), routing(), DAYS)


def test_coherent_beats_direct_where_a_launch_has_not_reached_the_second_tier_yet():
    """Arrivals double in the last week before the cut; L2 follows a week later, which only the routing knows."""
    rng, days = np.random.default_rng(3), pd.date_range("2024-01-01", periods=140)
    made = routing(delay_days=7, returns=False)
    entering = np.zeros((140, 3))
    entering[:, 0] = rng.poisson(np.where(np.arange(140) < 105, 100, 200))
    visits = coherent.expected_visits(entering, np.zeros((1, 3)), made)
    external = pd.DataFrame(entering, index=days, columns=TIERS)
    frame = pd.DataFrame(rng.poisson(visits), index=days, columns=TIERS)
    frame["L1"] = external["L1"]
    found = coherent.backtest_against_direct(external, frame, lambda day: made, 28, origins=1).set_index("tier")
    assert found.loc["L2", "better"] == "coherent"
    assert found.loc["L2", "coherent_wape"] < found.loc["L2", "direct_wape"]
    with pytest.raises(InputError):
        coherent.backtest_against_direct(external, frame, lambda day: made, 28, origins=6)
