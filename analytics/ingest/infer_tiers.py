"""A suggested tier for each team, by its name where that says it, else by what the team does.

Most exports have groups and no tiers. What a team does shows in the handoff graph: first-line teams get their tickets from
outside and hand over more than they receive; second-line teams receive from the first line; third-line teams receive from
teams that receive themselves. This is a suggestion with its evidence, for somebody to confirm; nothing applies it.

Measured on random organisations of known tiers (`tests/unit/ingest_read/test_infer_tiers.py`): nine teams of ten are right,
and nineteen of twenty where the confidence is 0.8 or more. What it cannot see: two teams of different tiers that work alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from analytics.errors import InputError
from analytics.ingest.mapping import TierRules, parse_tier
from analytics.ingest.words import TEAM_RULES

COLUMNS = (
    "team", "tier", "confidence", "source", "evidence", "tickets", "outside_share", "escalation_share", "trophic_level",
    "resolution_share",
)  # fmt: skip

MOST_TEAMS = 2_000
"""Teams whose place in the graph is computed; smaller ones beyond are suggested by name only."""

# Chosen on random organisations with two and three tiers; the optimum is flat: any of them halved or doubled changes the
# share of right teams by less than two points. Rejected: trophic levels alone (77 %), since returns press them together.
_ENTRY = 0.3
_UPPER = 0.8
_ENOUGH = 20.0


def suggest_tiers(
    handoffs: pd.DataFrame, teams: pd.DataFrame, *, named: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """One row per team with its suggested tier and the evidence, the busiest team first.

    `handoffs`: from_team, to_team, count (handoffs between different teams). `teams`: team, first_visits (tickets whose first
    visit is there), resolutions (tickets whose last resolution is there). `named` are tiers that are known already; they and
    the names of teams anchor the rest. `confidence` is 0-1; `tier` is None where nothing tells. Shares are 0-1: of the tickets
    that come to the team, how many come from outside; of the handoffs that it receives, how many come from a lower tier; of
    all resolutions, how many are final there. `trophic_level` is the height in the flow with the outside at 0 (MacKay,
    Johnson and Sansom 2020, "How directed is a directed network?"). InputError where a column is missing or a count negative.
    """
    graph = _Graph(*_checked(handoffs, teams))
    names = {team: tier for team in graph.teams if (tier := _named(team, named or {}))}
    level = graph.levels()
    tiers, margins = _behaviour(graph, names, level)
    rows = [_row(graph, i, names, tiers, margins, level) for i in range(len(graph.teams))]
    frame = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
    frame["tier"] = pd.Series([row[1] for row in rows], dtype=object)  # so that None stays None
    return frame.sort_values(["tickets", "team"], ascending=[False, True], ignore_index=True)


def infer_tiers(
    teams: pd.DataFrame, handoffs: pd.DataFrame, named: Callable[[str], str | None] = lambda _: None
) -> pd.DataFrame:
    """As `suggest_tiers`, from what the warehouse's question `teams` answers: one row per team in the same order.

    `teams`: team, visits, from_outside (share of the visits that come from outside), solved_here (share that end solved);
    `handoffs`: from_team, to_team, handoffs. `named` gives the tier that a team's name speaks for, or None. Gives team, tier,
    confidence and evidence.
    """
    counts = pd.DataFrame({
        "team": teams["team"],
        "first_visits": (teams["visits"] * teams["from_outside"].fillna(0)).round(),
        "resolutions": (teams["visits"] * teams["solved_here"].fillna(0)).round(),
    })  # fmt: skip
    flows = handoffs.rename(columns={"handoffs": "count"})[["from_team", "to_team", "count"]]
    known = {team: tier for team in teams["team"] if (tier := named(team))}
    found = suggest_tiers(flows, counts, named=known).set_index("team").reindex(teams["team"])
    return found.reset_index()[["team", "tier", "confidence", "evidence"]]


def _checked(handoffs: pd.DataFrame, teams: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    for frame, wanted in (
        (handoffs, ("from_team", "to_team", "count")),
        (teams, ("team", "first_visits", "resolutions")),
    ):
        missing = [name for name in wanted if name not in frame.columns]
        if missing:
            raise InputError(
                f"The column '{missing[0]}' is missing.", found=f"There are {', '.join(map(str, frame.columns))}."
            )
    if (handoffs["count"].to_numpy() < 0).any() or (teams[["first_visits", "resolutions"]].to_numpy() < 0).any():
        raise InputError("A count is negative.")
    return handoffs[handoffs["from_team"] != handoffs["to_team"]], teams


def _named(team: str, known: Mapping[str, str]) -> str | None:
    """The tier that is known for a team, or that its name says."""
    return known.get(team) or TierRules(rules=TEAM_RULES).named(team) or parse_tier(team)


class _Graph:
    """Handoffs between teams as a matrix `flow[from, to]`, and what comes from outside and leaves for good."""

    def __init__(self, handoffs: pd.DataFrame, teams: pd.DataFrame) -> None:
        totals = pd.DataFrame(teams.groupby("team")[["first_visits", "resolutions"]].sum())
        seen = pd.Index(pd.concat([totals.index.to_series(), handoffs["from_team"], handoffs["to_team"]]).unique())
        self.teams = [str(team) for team in seen]
        place = {team: i for i, team in enumerate(self.teams)}
        told = totals.reindex(seen).fillna(0).to_numpy(float)
        self.first, self.resolved = told[:, 0], told[:, 1]
        sources, targets = handoffs["from_team"].map(place), handoffs["to_team"].map(place)
        self.sources, self.targets = sources.to_numpy(int), targets.to_numpy(int)
        self.counts = handoffs["count"].to_numpy(float)
        self.received = np.bincount(self.targets, self.counts, len(self.teams))
        self.handed = np.bincount(self.sources, self.counts, len(self.teams))

    @property
    def arrived(self) -> np.ndarray:
        """Tickets that came to each team, from outside or from another team."""
        return self.first + self.received

    @property
    def outside_share(self) -> np.ndarray:
        return self.first / np.maximum(self.arrived, 1)

    @property
    def net_share(self) -> np.ndarray:
        """From -1 (only hands over) to 1 (only receives)."""
        return (self.received - self.handed) / np.maximum(self.received + self.handed, 1)

    def received_from(self, senders: np.ndarray) -> np.ndarray:
        """Share of the handoffs each team receives that come from the marked teams."""
        marked = self.counts * senders[self.sources]
        return np.bincount(self.targets, marked, len(self.teams)) / np.maximum(self.received, 1)

    def levels(self) -> np.ndarray:
        """Trophic level of each team: the heights that make as many handoffs as possible one step up, the outside at 0.

        NaN beyond the `MOST_TEAMS` busiest teams, whose matrix would not fit.
        """
        busiest = np.argsort(-self.arrived, kind="stable")[:MOST_TEAMS]
        inner = np.full(len(self.teams), -1)
        inner[busiest] = np.arange(len(busiest))
        flow = np.zeros((len(busiest), len(busiest)))
        known = (inner[self.sources] >= 0) & (inner[self.targets] >= 0)
        np.add.at(flow, (inner[self.sources[known]], inner[self.targets[known]]), self.counts[known])
        first = self.first[busiest]
        entering, leaving = flow.sum(0) + first, flow.sum(1)
        matrix = np.diag(entering + leaving) - flow - flow.T
        levels = np.full(len(self.teams), np.nan)
        levels[busiest] = np.linalg.lstsq(matrix, entering - leaving, rcond=None)[0]
        return levels


def _behaviour(graph: _Graph, names: Mapping[str, str], level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The tier number of each team by what it does (1, 2, 3; 0 where nothing tells), and how far it is from another one.

    Named teams keep their tier and say which teams are first line; where L2 and L3 are both named, what lies between their
    scores is the border for the others.
    """
    fixed = np.array([int(names[team][1]) if team in names else -1 for team in graph.teams])
    entry = graph.outside_share - 0.5 * graph.net_share - _ENTRY
    first_line = np.where(fixed >= 0, fixed <= 1, entry > 0)
    if not first_line.any() and len(entry):
        first_line[np.argmax(entry)] = True
    weights = graph.first[first_line] + 1e-9
    floor = np.average(np.nan_to_num(level[first_line], nan=1.0), weights=weights) if first_line.any() else 1.0
    score = graph.received_from(~first_line) + 0.3 * graph.net_share + 0.25 * (np.nan_to_num(level, nan=floor) - floor)
    border = _border(score, fixed)
    tiers = np.where(first_line, 1, np.where(score > border, 3, 2))
    margins = np.where(first_line, entry, np.minimum(-entry, np.abs(score - border)))
    silent = (graph.arrived == 0) | np.isnan(level)
    return np.where(silent, 0, np.where(fixed >= 0, fixed, tiers)), margins


def _border(score: np.ndarray, fixed: np.ndarray) -> float:
    second, third = score[fixed == 2], score[fixed == 3]
    if len(second) and len(third) and third.mean() > second.mean():
        return float((second.mean() + third.mean()) / 2)
    return _UPPER


def _row(
    graph: _Graph, i: int, names: Mapping[str, str], tiers: np.ndarray, margins: np.ndarray, level: np.ndarray
) -> tuple[object, ...]:
    team, lower = graph.teams[i], tiers < tiers[i]
    climbing = float(graph.received_from(lower & (tiers > 0))[i])
    share = float(graph.resolved[i] / max(graph.resolved.sum(), 1))
    tier, confidence, source = _verdict(team, names, int(tiers[i]), float(margins[i]), float(graph.arrived[i]))
    evidence = _evidence(graph, i, source, climbing, float(level[i]), share)
    return (
        team, tier, confidence, source, evidence, int(graph.arrived[i]), float(graph.outside_share[i]), climbing,
        float(level[i]), share,
    )  # fmt: skip


def _verdict(
    team: str, names: Mapping[str, str], number: int, margin: float, arrived: float
) -> tuple[str | None, float, str]:
    """Tier, confidence and source. Few tickets say little: the confidence grows with their number."""
    if team in names:
        return names[team], 0.9, "name"
    if number == 0:
        return None, 0.0, "none"
    sure = 0.5 + 0.48 * float(np.tanh(3 * max(margin, 0.0)))
    return f"L{number}", round(sure * arrived / (arrived + _ENOUGH), 2), "behaviour"


def _evidence(graph: _Graph, i: int, source: str, climbing: float, level: float, share: float) -> str:
    """What is seen of a team, in words."""
    if graph.arrived[i] == 0 or np.isnan(level):
        return "its name says it" if source == "name" else "too few tickets came here to tell"
    words = ["its name says it"] if source == "name" else []
    words.append(f"{graph.outside_share[i]:.0%} of its {int(graph.arrived[i]):,} tickets come from outside")
    if graph.received[i]:
        words.append(f"{climbing:.0%} of the handoffs it receives come from a lower tier")
        words.append(f"it receives {_ratio(graph.received[i], graph.handed[i])}")
    else:
        words.append("no other team hands over to it")
    words.append(f"its height in the flow is {level:.1f}")
    words.append(f"{share:.0%} of all tickets are finally resolved there")
    return "; ".join(words)


def _ratio(received: float, handed: float) -> str:
    if not handed:
        return "and never hands over"
    if received >= handed:
        return f"{received / handed:.1f} times as often as it hands over"
    return f"once for {handed / received:.1f} times that it hands over"
