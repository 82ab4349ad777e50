"""Tiers from behaviour: by hand, and how often they are right on logs whose tiers are known."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.ingest.infer_tiers import infer_tiers, trophic_levels
from analytics.warehouse import questions
from data.make_sample import healthy_log
from tests.logs import warehouse_of


def test_heights_of_a_chain_are_one_apart():
    handoffs = pd.DataFrame({"from_team": ["a", "b"], "to_team": ["b", "c"], "handoffs": [10, 3]})
    heights = trophic_levels(["a", "b", "c"], handoffs)
    assert heights["b"] - heights["a"] == pytest.approx(1)
    assert heights["c"] - heights["b"] == pytest.approx(1)


def test_a_name_comes_first():
    teams = pd.DataFrame({"team": ["Engineering"], "visits": [500], "from_outside": [0.9], "solved_here": [0.5]})
    told = infer_tiers(teams, pd.DataFrame(columns=["from_team", "to_team", "handoffs"]), lambda team: "L3")
    assert told["tier"].tolist() == ["L3"]
    assert "its name says so" in told["evidence"][0]


def right_share(warehouse) -> tuple[float, int]:
    """Share of teams with enough visits whose suggested tier is their true one, and how many there are."""
    teams = questions.teams(warehouse)
    pairs = questions.handoff_latency(warehouse, by="team_pair")
    handoffs = pairs.rename(columns={"from_key": "from_team", "to_key": "to_team"})[
        ["from_team", "to_team", "handoffs"]
    ]
    told = infer_tiers(teams, handoffs)
    enough = teams["visits"].to_numpy() >= 20
    return float((told["tier"].to_numpy() == teams["tier"].to_numpy())[enough].mean()), int(enough.sum())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_on_a_healthy_log_most_teams_are_right(seed, tmp_path):
    share, teams = right_share(warehouse_of(healthy_log(seed, tickets=2500), tmp_path / "log.duckdb"))
    print(f"seed {seed}: {share:.0%} of {teams} teams")
    assert teams >= 8
    assert share >= 0.75


def test_few_visits_say_little():
    teams = pd.DataFrame({"team": ["x"], "visits": [3], "from_outside": [1.0], "solved_here": [1.0]})
    told = infer_tiers(teams, pd.DataFrame(columns=["from_team", "to_team", "handoffs"]))
    assert told["confidence"][0] <= 0.3
