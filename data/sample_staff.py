"""The people of the sample: names, hires, leavers, and the roster that follows from their shifts."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.sample_clock import SHIFT_WORK_HOURS, Agent, agent_clock, days_of
from data.sample_text import words
from data.sample_world import TEAM_INDEX, TIERS, Scenario, Team

FIRST = words(
    "Anna Ben Clara David Elif Finn Greta Hannes Ines Jonas Katja Lukas Mara Nils Olga Paul Rosa Samir "
    "Tilda Umut Vera Wanda Yusuf Zoe Amelie Bruno Carla Dario Esther Felix Gesa Henrik Ida Jan Kerstin "
    "Leon Mira Noah Pia Rasmus "
)
LAST = words(
    "Albers Brandt Conrad Dietz Engel Falk Gruber Haas Ibrahim Jansen Krug Lange Maurer Nowak Oster Pohl "
    "Quandt Reuter Sander Thoma Ulrich Vogt Winter Yilmaz Ziegler Arslan Berg Czerny Doering Ebert Fuchs "
    "Giese Horn Iversen Jung Kessler Lorenz Meissner Neumann Ott "
)

# Hires (a new seat) and leavers (a seat by number): the two engineers who leave make the bottleneck.
HIRES = (
    ("Service Desk DACH", date(2025, 4, 1)),
    ("Service Desk EMEA", date(2025, 5, 5)),
    ("Service Desk EMEA", date(2025, 11, 3)),
    ("Partner Desk", date(2026, 3, 2)),
    ("Service Desk DACH", date(2026, 6, 1)),
    ("Integrations L2", date(2026, 3, 16)),
    ("Reporting L2", date(2025, 9, 1)),
)
LEAVERS = (
    ("Service Desk EMEA", 1, date(2025, 10, 17)),
    ("Service Desk DACH", 2, date(2026, 5, 22)),
    ("Reporting L2", 0, date(2025, 8, 29)),
    ("Platform Engineering", 1, date(2026, 4, 24)),
    ("Platform Engineering", 3, date(2026, 4, 30)),
)


def staff(scenario: Scenario, rng: np.random.Generator) -> list[Agent]:
    """Everybody who works in the scenario, in a fixed order."""
    seats = [(team, seat, None) for team in scenario.teams for seat in range(heads(team, scenario))]
    if scenario.staff_changes:
        taken = {team.name: heads(team, scenario) for team in scenario.teams}
        for name, hired in HIRES:
            seats.append((scenario.teams[TEAM_INDEX[name]], taken[name], hired))
            taken[name] += 1
    names = [f"{FIRST[n % len(FIRST)]} {LAST[(n * 7 + n // len(FIRST)) % len(LAST)]}" for n in range(len(seats))]
    return [person(scenario, name, *seat, rng) for name, seat in zip(names, seats, strict=True)]


def heads(team: Team, scenario: Scenario) -> int:
    """Heads of a team at the start, never below the scenario's least."""
    return max(scenario.min_heads, round(team.heads * scenario.heads_scale))


def person(scenario: Scenario, name: str, team: Team, seat: int, hired: date | None, rng: np.random.Generator) -> Agent:
    """One agent; who was there at the start has 200 to 2,500 days of tenure."""
    start = hired or scenario.start - timedelta(days=int(rng.integers(200, 2500)))
    gone = {(n, s): day for n, s, day in LEAVERS} if scenario.staff_changes else {}
    end = gone.get((team.name, seat)) if hired is None else None
    clock, worked = agent_clock(scenario, team, seat, (start, end), rng)
    return Agent(name, TEAM_INDEX[team.name], team.tier, start, end, clock, worked)


def roster(scenario: Scenario, agents: list[Agent]) -> pd.DataFrame:
    """One row per day and team: `hours` that go into tickets, and the `paid_hours` of support duty."""
    days = days_of(scenario)
    present = np.zeros((len(days), len(scenario.teams)), dtype=int)
    for agent in agents:
        present[list(agent.shift_days), agent.team] += 1
    day, team = np.nonzero(present)
    tier = np.array([one.tier for one in scenario.teams])[team] - 1
    heads_present = present[day, team]
    return pd.DataFrame(
        {
            "date": [days[n].isoformat() for n in day],
            "tier": np.array(TIERS)[tier],
            "hours": (heads_present * np.array(scenario.productive_share)[tier] * SHIFT_WORK_HOURS).round(2),
            "team": [scenario.teams[index].name for index in team],
            "paid_hours": heads_present * np.array(scenario.paid_hours)[tier],
            "agents": heads_present,
        }
    )


def agents_frame(scenario: Scenario, agents: list[Agent]) -> pd.DataFrame:
    """One row per agent: team, tier, first day, and last day where there is one."""
    return pd.DataFrame(
        {
            "agent": [agent.name for agent in agents],
            "team": [scenario.teams[agent.team].name for agent in agents],
            "tier": [TIERS[agent.tier - 1] for agent in agents],
            "start_date": [agent.start_date.isoformat() for agent in agents],
            "end_date": [agent.end_date.isoformat() if agent.end_date else "" for agent in agents],
        }
    )
