"""Tiers from behaviour: by hand on small graphs, and how often they are right on random organisations of known tiers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InputError
from analytics.ingest.infer_tiers import infer_tiers, suggest_tiers


def frames(flows: dict[tuple[str, str], int], first: dict[str, int], resolved: dict[str, int]):
    handoffs = pd.DataFrame([(a, b, n) for (a, b), n in flows.items()], columns=["from_team", "to_team", "count"])
    names = sorted({*first, *resolved, *(team for pair in flows for team in pair)})
    teams = pd.DataFrame({
        "team": names, "first_visits": [first.get(n, 0) for n in names], "resolutions": [resolved.get(n, 0) for n in names],
    })  # fmt: skip
    return handoffs, teams


CHAIN = frames({("A", "B"): 200, ("B", "C"): 80, ("B", "A"): 20}, {"A": 1000}, {"A": 820, "B": 100, "C": 80})


def test_a_chain_is_first_second_and_third_line():
    """
    outside -1000-> A -200-> B -80-> C, and 20 come back from B to A
    """
    got = suggest_tiers(*CHAIN).set_index("team")
    assert got["tier"].to_dict() == {"A": "L1", "B": "L2", "C": "L3"}
    assert (got["source"] == "behaviour").all()
    assert got["confidence"].between(0.5, 1).all()


def test_the_evidence_is_what_one_counts_by_hand():
    got = suggest_tiers(*CHAIN).set_index("team")
    assert got["tickets"].to_dict() == {"A": 1020, "B": 200, "C": 80}
    assert got["outside_share"].round(4).to_dict() == {"A": 0.9804, "B": 0.0, "C": 0.0}
    assert got["escalation_share"].to_dict() == {"A": 0.0, "B": 1.0, "C": 1.0}
    assert got["resolution_share"].to_dict() == {"A": 0.82, "B": 0.1, "C": 0.08}
    assert got.loc["A", "evidence"] == (
        "98% of its 1,020 tickets come from outside; 0% of the handoffs it receives come from a lower tier; "
        "it receives once for 10.0 times that it hands over; its height in the flow is 1.0; "
        "82% of all tickets are finally resolved there"
    )


def test_trophic_levels_solve_their_own_equation():
    """The second way, in closed form: a chain without returns has heights 1, 2, 3; b returns for a handoffs step (a-b)/(a+b)."""
    straight = suggest_tiers(*frames({("A", "B"): 10, ("B", "C"): 5}, {"A": 30}, {})).set_index("team")["trophic_level"]
    assert straight[["A", "B", "C"]].to_numpy() == pytest.approx([1, 2, 3])
    back = suggest_tiers(*frames({("A", "B"): 30, ("B", "A"): 10}, {"A": 100}, {})).set_index("team")["trophic_level"]
    assert back["B"] - back["A"] == pytest.approx((30 - 10) / (30 + 10))


def test_names_come_first_and_say_so():
    flows = {("Desk", "L3 Core"): 200, ("L3 Core", "Odd"): 80}
    got = suggest_tiers(*frames(flows, {"Desk": 1000}, {"Odd": 9})).set_index("team")
    assert (got.loc["L3 Core", "tier"], got.loc["L3 Core", "source"], got.loc["L3 Core", "confidence"]) == (
        "L3",
        "name",
        0.9,
    )
    assert got.loc["L3 Core", "evidence"].startswith("its name says it; ")


def test_known_tiers_are_kept_and_draw_the_border():
    got = suggest_tiers(*CHAIN, named={"A": "L2"}).set_index("team")
    assert (got.loc["A", "tier"], got.loc["A", "source"]) == ("L2", "name")


def test_a_team_that_nothing_is_known_of_gets_no_tier():
    handoffs, teams = CHAIN
    teams = pd.concat([teams, pd.DataFrame({"team": ["Idle"], "first_visits": [0], "resolutions": [0]})])
    got = suggest_tiers(handoffs, teams).set_index("team")
    assert (got.loc["Idle", "tier"], got.loc["Idle", "confidence"]) == (None, 0.0)
    assert got.loc["Idle", "evidence"] == "too few tickets came here to tell"


def test_teams_that_share_all_work_and_never_hand_over_are_first_line():
    got = suggest_tiers(*frames({}, {"A": 50, "B": 70}, {"A": 50, "B": 70}))
    assert list(got["tier"]) == ["L1", "L1"]
    assert "no other team hands over to it" in got["evidence"][0]


def test_few_tickets_say_little():
    big = suggest_tiers(*CHAIN).set_index("team")["confidence"]
    small = suggest_tiers(*frames({("A", "B"): 2, ("B", "C"): 1}, {"A": 10}, {})).set_index("team")["confidence"]
    assert small["B"] < 0.2 < big["B"]


def test_nothing_in_nothing_out():
    empty = pd.DataFrame({"from_team": [], "to_team": [], "count": []})
    assert suggest_tiers(empty, pd.DataFrame({"team": [], "first_visits": [], "resolutions": []})).empty


def test_what_cannot_be_is_refused():
    handoffs, teams = CHAIN
    with pytest.raises(InputError, match="'count' is missing"):
        suggest_tiers(handoffs.drop(columns="count"), teams)
    with pytest.raises(InputError, match="negative"):
        suggest_tiers(handoffs.assign(count=-1), teams)


def test_the_order_of_rows_and_the_names_do_not_matter():
    handoffs, teams = CHAIN
    again = suggest_tiers(handoffs[::-1], teams[::-1])
    pd.testing.assert_frame_equal(again, suggest_tiers(handoffs, teams))


# ── As the settings page asks ────────────────────────────────────────────────────────────────────────────────────────────


def test_shares_of_visits_give_what_the_counts_give():
    """The second way: the same organisation as counts, and as the warehouse's question tells it."""
    handoffs, teams = CHAIN
    direct = suggest_tiers(handoffs, teams).set_index("team")
    visits = direct["tickets"].reindex(teams["team"]).to_numpy()
    asked = pd.DataFrame({
        "team": teams["team"], "visits": visits, "from_outside": teams["first_visits"] / visits,
        "solved_here": teams["resolutions"] / visits,
    })  # fmt: skip
    got = infer_tiers(asked, handoffs.rename(columns={"count": "handoffs"}))
    assert list(got.columns) == ["team", "tier", "confidence", "evidence"]
    assert list(got["team"]) == list(teams["team"])
    pd.testing.assert_frame_equal(got.set_index("team"), direct.loc[teams["team"], ["tier", "confidence", "evidence"]])


def test_a_name_comes_first():
    teams = pd.DataFrame({"team": ["Engineering"], "visits": [500], "from_outside": [0.9], "solved_here": [0.5]})
    told = infer_tiers(teams, pd.DataFrame(columns=["from_team", "to_team", "handoffs"]), lambda team: "L3")
    assert (told["tier"][0], told["evidence"][0].startswith("its name says it")) == ("L3", True)


def right_share(suggested: pd.DataFrame, known: dict[str, str], least_confidence: float = 0.0) -> float:
    """Share of the teams with a known tier whose suggestion is that tier, among those at least so sure; NaN without any."""
    sure = suggested[(suggested["confidence"] >= least_confidence) & suggested["team"].isin(list(known))]
    return float((sure["tier"] == sure["team"].map(known)).mean())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_on_a_healthy_log_most_teams_are_right(seed):
    """A log from the sample's simulator, whose tiers are known and which was not used to choose the thresholds."""
    from data.make_sample import healthy_log

    log = healthy_log(seed, tickets=2500).dropna(subset=["team"])
    moved = (log["team"] != log.groupby("ticket_id")["team"].shift()).to_numpy()
    visits = log[moved].assign(before=log[moved].groupby("ticket_id")["team"].shift())
    known = dict(zip(log["team"], log["tier"], strict=True))
    names = {team: f"Group {number}" for number, team in enumerate(known)}  # so that no name helps
    visits = visits.assign(team=visits["team"].map(names), before=visits["before"].map(names))
    flows = visits.dropna(subset=["before"]).groupby(["before", "team"]).size().reset_index()
    flows.columns = ["from_team", "to_team", "count"]
    first = visits[visits["before"].isna()].groupby("team").size()
    last = visits.groupby("ticket_id")["team"].last().value_counts()
    teams = pd.DataFrame({"first_visits": first, "resolutions": last}).fillna(0).rename_axis("team").reset_index()
    got = suggest_tiers(flows, teams)
    enough = got[got["tickets"] >= 20]
    right = right_share(enough, {names[team]: tier for team, tier in known.items()})
    print(f"seed {seed}: {right:.0%} of {len(enough)} teams")
    assert len(enough) >= 8
    assert right >= 0.75


# ── Random organisations ─────────────────────────────────────────────────────────────────────────────────────────────────


def organisation(seed: int, tiers: int, tickets: int = 6000):
    """Teams named "Group n" with known tiers, and what a simulation of their tickets counts.

    Rates are drawn: 12-45 % go up from L1 and 8-35 % from L2, some skip a tier, 3-40 % come back, 2-20 % go to a team of the
    same tier, up to 12 % enter at L2. Partners are uneven, as in real life.
    """
    rng = np.random.default_rng(seed)
    numbers = [rng.integers(1, 9), rng.integers(1, 9), rng.integers(1, 6) if tiers == 3 else 0]
    tier = np.repeat([1, 2, 3], numbers)
    rates = {
        1: ((2, rng.uniform(0.12, 0.45)), (3, rng.uniform(0, 0.05)), (1, rng.uniform(0.02, 0.2))),
        2: ((3, rng.uniform(0.08, 0.35)), (1, rng.uniform(0.03, 0.3)), (2, rng.uniform(0.02, 0.2))),
        3: ((2, rng.uniform(0.04, 0.28)), (1, rng.uniform(0.01, 0.12)), (3, rng.uniform(0.02, 0.2))),
    }
    entry = np.select([tier == 1, tier == 2], [1.0, rng.uniform(0, 0.12)], rng.uniform(0, 0.03))
    for one in (1, 2, 3):
        entry[tier == one] *= rng.dirichlet(np.full(max(numbers[one - 1], 1), 1.5))[: numbers[one - 1]]
    moves = np.array([_moves(rng, i, tier, rates[tier[i]]) for i in range(len(tier))])
    flow, first, resolved = _simulated(rng, moves, entry / entry.sum(), tickets)
    names = [f"Group {n}" for n in rng.permutation(len(tier))]
    handoffs = pd.DataFrame(
        [(names[a], names[b], flow[a, b]) for a, b in zip(*flow.nonzero(), strict=True)],
        columns=["from_team", "to_team", "count"],
    )
    teams = pd.DataFrame({"team": names, "first_visits": first, "resolutions": resolved})
    return handoffs, teams, {name: f"L{t}" for name, t in zip(names, tier, strict=True)}


def _moves(rng, i: int, tier: np.ndarray, rates) -> np.ndarray:
    """Probability of the next team, the last entry being the end."""
    row = np.zeros(len(tier) + 1)
    for target, rate in rates:
        others = (tier == target) * rng.dirichlet(np.ones(len(tier)))
        others[i] = 0
        if others.sum():
            row[:-1] += rate * others / others.sum()
    row[:-1] *= min(1, 0.9 / max(row.sum(), 1e-9))
    row[-1] = 1 - row.sum()
    return row


def _simulated(rng, moves: np.ndarray, entry: np.ndarray, tickets: int):
    size = len(entry)
    flow, resolved = np.zeros((size, size)), np.zeros(size)
    at = rng.choice(size, tickets, p=entry)
    first = np.bincount(at, minlength=size)
    while len(at):
        to = (np.cumsum(moves[at], axis=1) < rng.random(len(at))[:, None]).sum(axis=1)
        resolved += np.bincount(at[to == size], minlength=size)
        np.add.at(flow, (at[to < size], to[to < size]), 1)
        at = to[to < size]
    return flow, first, resolved


@pytest.mark.parametrize(("tiers", "least", "least_sure"), [(2, 0.90, 0.95), (3, 0.86, 0.95)])
def test_how_often_the_suggestion_is_right(tiers, least, least_sure):
    """120 organisations each; the share of right teams, and of those with a confidence of 0.8 or more."""
    got = [(suggest_tiers(h, t), known) for h, t, known in (organisation(seed, tiers) for seed in range(120))]
    all_teams = pd.concat([frame.assign(team=[f"{i} {n}" for n in frame["team"]]) for i, (frame, _) in enumerate(got)])
    known = {f"{i} {team}": tier for i, (_, told) in enumerate(got) for team, tier in told.items()}
    right, sure = right_share(all_teams, known), right_share(all_teams, known, least_confidence=0.8)
    weight = all_teams["tickets"].to_numpy()
    hits = np.array([known[team] == tier for team, tier in zip(all_teams["team"], all_teams["tier"], strict=True)])
    share_sure = float((all_teams["confidence"] >= 0.8).mean())
    print(
        f"{tiers} tiers: {right:.1%} of {len(all_teams)} teams right, {np.average(hits, weights=weight):.1%} by tickets; "
        f"{share_sure:.0%} of them sure, of which {sure:.1%} right"
    )
    assert right >= least
    assert sure >= least_sure
    assert np.average(hits, weights=weight) >= 0.93


def test_with_some_teams_named_the_others_are_right_more_often():
    plain, helped = [], []
    for seed in range(60):
        handoffs, teams, known = organisation(seed, 3)
        some = dict(list(known.items())[::3])
        rest = {team: tier for team, tier in known.items() if team not in some}
        plain.append(right_share(suggest_tiers(handoffs, teams), rest))
        helped.append(right_share(suggest_tiers(handoffs, teams, named=some), rest))
    assert np.nanmean(helped) > np.nanmean(plain)
