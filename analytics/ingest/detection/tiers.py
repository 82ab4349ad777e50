"""Tiers by name: of the values of a tier column, or of teams whose names say their tier. Never by guess.

Which tier a team has by what it does is `infer_tiers`, and only ever a suggestion.
"""

from __future__ import annotations

from dataclasses import replace

from analytics.ingest.detection.proposal import Choice
from analytics.ingest.detection.sample import Sample
from analytics.ingest.detection.values import words_of
from analytics.ingest.mapping import Mapping, TierRules, parse_tier
from analytics.ingest.words import TEAM_RULES

LEAST_NAMED = 0.1
"""Share of the rows that must be with teams named for a tier before the unnamed teams are taken as L1."""


def with_tiers(mapping: Mapping, sample: Sample, said: list[Choice]) -> Mapping:
    """The mapping with what tells the tiers: the words of a tier column, or rules for the names of teams."""
    if "tier" in mapping.columns:
        return _tier_column(mapping, sample, said)
    if mapping.tiers.names_teams or not {"team", "new"} & mapping.columns.keys():
        return mapping
    return _team_names(mapping, sample, said)


def _tier_column(mapping: Mapping, sample: Sample, said: list[Choice]) -> Mapping:
    words = [word for word in words_of(mapping, sample, "tier") if mapping.tiers.of_value(word) is None]
    named = {word: tier for word in words if (tier := tier_of_name(word)[0])}
    for word, tier in named.items():
        said.append(Choice(f"tier '{word}'", tier, 0.6, "a usual word for it"))
    values = {**named, **mapping.tiers.values}
    return replace(mapping, tiers=replace(mapping.tiers, values=values))


def tier_of_name(team: str) -> tuple[str | None, tuple[str, ...]]:
    """The tier that a team's name says, by the first rule that matches, and all tiers that rules find in it."""
    rules = TierRules(rules=TEAM_RULES)
    found = tuple(dict.fromkeys(t for p, t in TEAM_RULES if TierRules(rules=((p, t),)).named(team)))
    return rules.named(team) or parse_tier(team), found


def _team_names(mapping: Mapping, sample: Sample, said: list[Choice]) -> Mapping:
    """All rules are kept, also those that no team here needs: a team of the third line may come with the next file."""
    rows = words_of(mapping, sample, "team")
    tiers = {team: tier_of_name(team) for team in rows}
    named = {team: tier for team, (tier, _) in tiers.items() if tier}
    share = sum(rows[team] for team in named) / max(sum(rows.values()), 1)
    if not rows or share < LEAST_NAMED or not {"L2", "L3"} & set(named.values()):
        said.append(Choice("tiers", "none", 0.5, _why_none(len(rows), len(named))))
        return mapping
    plain = {team: tier for team, tier in named.items() if TierRules(rules=TEAM_RULES).named(team) is None}
    left = len(rows) - len(named)
    reason = f"{len(named)} of {len(rows)} teams say it in their names" + (
        f"; the other {left} are taken as L1" if left else ""
    )
    said.append(Choice("tiers", "by the team's name", round(min(0.95, 0.3 + 0.65 * share), 2), reason))
    for team, (tier, found) in tiers.items():
        if len(found) > 1:
            said.append(Choice(f"team '{team}'", tier or "L1", 0.4, f"its name speaks for {' and '.join(found)}"))
    return replace(mapping, tiers=TierRules(teams=plain, rules=TEAM_RULES, default="L1"))


def _why_none(teams_seen: int, named: int) -> str:
    if not teams_seen:
        return "there are no teams"
    if named:
        return f"only {named} of {teams_seen} teams say a tier in their names: say the tiers yourself"
    return "the teams' names do not tell their tiers: say them yourself, or look at the suggestion by behaviour"
