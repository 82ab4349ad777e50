"""A filter on teams, also where there are more than have a bit of their own: the tickets with a visit there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.model import TEAM_BITS, Filters
from analytics.warehouse import questions
from tests.logs import warehouse_of
from tests.questions.test_second_way import random_log

TEAMS = 3 * TEAM_BITS


@pytest.fixture(scope="module", params=[TEAM_BITS, TEAMS])
def log(request) -> pd.DataFrame:
    """Tickets that count, every event at one of so many teams, which differ by tier (and where it is not known)."""
    log = random_log(11, 800)
    rng = np.random.default_rng(11)
    numbers = rng.integers(0, request.param // 4, len(log))
    log["team"] = [f"{tier} team {number}" for tier, number in zip(log["tier"], numbers, strict=True)]
    return log[~log["ticket_id"].isin(log.loc[log["kind"] == "excluded", "ticket_id"])]


@pytest.fixture(scope="module")
def warehouse(log, tmp_path_factory):
    return warehouse_of(log, tmp_path_factory.mktemp("teams") / "many.duckdb")


def test_a_filter_on_teams_selects_the_tickets_with_a_visit_there(log, warehouse):
    numbers = {team: no for no, team in warehouse.rows("SELECT team_no, team FROM teams")}
    several = [sorted(numbers)[:1], sorted(numbers)[5:8], [team for team, no in numbers.items() if no % TEAM_BITS == 3]]
    for teams in several:
        expected = log.loc[log["team"].isin(teams), "ticket_id"].nunique()
        filters = Filters(teams=tuple(teams))
        assert questions.quality(warehouse, filters)["tickets"].iloc[0] == expected > 0
        assert set(questions.ticket_list(warehouse, filters)["ticket_id"]) == set(
            log.loc[log["team"].isin(teams), "ticket_id"]
        )


def test_sets_of_teams_are_read_only_where_each_team_has_its_bit(warehouse):
    ((most,),) = warehouse.rows("SELECT max(team_no) FROM teams")
    assert warehouse.has_team_sets == (most <= TEAM_BITS)


def test_teams_with_the_same_bit_are_told_apart(log, warehouse):
    numbers = dict(warehouse.rows("SELECT team_no, team FROM teams"))
    shared = [(no, no + TEAM_BITS) for no in numbers if no + TEAM_BITS in numbers]
    assert bool(shared) == (len(numbers) > TEAM_BITS)
    for pair in shared[:5]:
        counts = [questions.quality(warehouse, Filters(teams=(numbers[no],)))["tickets"].iloc[0] for no in pair]
        assert counts == [log.loc[log["team"] == numbers[no], "ticket_id"].nunique() for no in pair]
