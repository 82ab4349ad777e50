"""Every figure of `metrics` against one worked out from the definitions alone: random logs with everything that real ones have,
filters of every kind, the shipped sample, and real exports where they are at hand."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.ingest.importer import import_files
from analytics.ingest.mapping import Mapping
from analytics.metrics import metrics
from analytics.model import Filters
from analytics.warehouse.store import Home, open_dataset
from tests.questions.compared import by_name, differences
from tests.questions.random_exports import TEAMS, random_export
from tests.questions.second_opinion import Asked, Event, second_opinion, stories

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
SEEDS = (*range(24), 118, 155)


def asked_of(seed: int, log: list[Event], zone: str) -> list[tuple[Filters, Asked]]:
    """No filter, and one of each kind, of values that the log has."""
    dice = random.Random(seed)
    days = sorted(date(2026, dice.choice((1, 3, 10)), dice.randint(1, 28)) for _ in range(2))
    events = [event for story in stories(log) for event in story.events]
    teams = sorted({event["team"] for event in events} & TEAMS.keys())
    tiers = sorted({event["tier"] for event in events} - {None})
    told = [
        (Filters(), Asked(zone=zone)),
        (Filters(start=days[0], end=days[1]), Asked(start=days[0], end=days[1], zone=zone)),
        (Filters(products=("A",)), Asked(attributes=(("product", frozenset("A")),), zone=zone)),
    ]
    if teams:
        some = dice.sample(teams, min(2, len(teams)))
        told.append((Filters(teams=tuple(some), start=days[0]), Asked(teams=frozenset(some), start=days[0], zone=zone)))
    if tiers:
        tier = dice.choice(tiers)
        told.append((Filters(tiers=(f"L{tier}",)), Asked(tiers=frozenset([tier]), zone=zone)))
    return told


@pytest.mark.parametrize("seed", SEEDS)
def test_two_ways_to_every_figure(seed, tmp_path):
    text, log, zone = random_export(seed)
    (tmp_path / "log.csv").write_text(text)
    import_files([tmp_path / "log.csv"], "d", home=Home(tmp_path), preset="events", timezone=zone)
    warehouse = open_dataset("d", tmp_path)
    for filters, asked in asked_of(seed, log, zone):
        there = by_name(metrics(warehouse, filters))
        assert list(differences(second_opinion(log, asked), there)) == [], filters.sentence


def test_the_random_logs_hold_what_breaks_figures():
    told = [story for seed in SEEDS for story in stories(random_export(seed)[1])]
    assert sum(bool(story.reopenings) for story in told) > 20
    assert sum(not story.tiers and bool(story.visits) for story in told) > 3
    assert sum(story.created_us > story.events[0]["at_us"] for story in told) > 5
    assert sum(len({e["at_us"] for e in story.events}) < len(story.events) for story in told) > 50
    assert sum(not story.resolved for story in told) > 20
    assert len({random_export(seed)[2] for seed in SEEDS}) == 5


# ── Real exports, read by pandas alone ───────────────────────────────────────────────────────────────────────────────────

UCI_STATES = {
    "New": "created", "Active": "acknowledged", "Awaiting User Info": "pending", "Awaiting Vendor": "pending",
    "Awaiting Problem": "pending", "Awaiting Evidence": "pending", "Resolved": "resolved", "Closed": "closed",
}  # fmt: skip
UCI = """shape = "events"
[source]
timezone = "UTC"
missing = ["?"]
[columns]
ticket_id = "number"
at = "sys_updated_at"
created_at = "opened_at"
status = "incident_state"
team = "assignment_group"
category = "category"
"""


def tier_of_group(group: str) -> int | None:
    """Tiers by the group's number, so that tickets climb and come back all the time."""
    return None if group == "?" else int(group.removeprefix("Group ")) % 3 + 1


def uci_events(rows: pd.DataFrame) -> list[Event]:
    times = {
        name: (pd.to_datetime(rows[name], format="%d/%m/%Y %H:%M") - pd.Timestamp(0)) // pd.Timedelta("1us")
        for name in ("sys_updated_at", "opened_at")
    }
    columns = (rows["number"], *times.values(), rows["incident_state"], rows["assignment_group"], rows["category"])
    return [
        {"ticket_id": ticket, "at_us": at, "created_us": created, "kind": UCI_STATES.get(state, "changed"),
         "tier": tier_of_group(group), "team": None if group == "?" else group, "category": None if cat == "?" else cat}
        for ticket, at, created, state, group, cat in zip(*columns, strict=True)
    ]  # fmt: skip


def test_a_real_audit_extract_both_ways(tmp_path):
    path = SHARED / "uci_incident_event_log.zip"
    if not path.exists():
        pytest.skip("no real exports beside this checkout")
    rows = pd.read_csv(path, dtype=str)
    tiers = ", ".join(f'"{g}" = "L{tier_of_group(g)}"' for g in sorted(set(rows["assignment_group"]) - {"?"}))
    kinds = "\n".join(f'"{state}" = "{kind}"' for state, kind in UCI_STATES.items())
    mapping = Mapping.from_toml(f"{UCI}[tiers]\nteams = {{ {tiers} }}\n[kinds]\n{kinds}\n", "uci")
    import_files([path], "d", home=Home(tmp_path), mapping=mapping)
    warehouse, log = open_dataset("d", tmp_path), uci_events(rows)
    spring = {"start": date(2016, 3, 1), "end": date(2016, 4, 15)}
    some = frozenset(("Group 70", "Group 24"))
    for filters, asked in (
        (Filters(), Asked()),
        (Filters(**spring), Asked(**spring)),
        (Filters(teams=tuple(some), tiers=("L2",)), Asked(teams=some, tiers=frozenset([2]))),
        (Filters(categories=("Category 26",)), Asked(attributes=(("category", frozenset(("Category 26",))),))),
    ):
        assert list(differences(second_opinion(log, asked), by_name(metrics(warehouse, filters)))) == [], (
            filters.sentence
        )


def sample_events() -> list[Event]:
    rows = pd.read_parquet(ROOT / "data" / "sample" / "events.parquet").astype(object)
    at = (pd.to_datetime(rows["at"], utc=True).dt.tz_localize(None) - pd.Timestamp(0)) // pd.Timedelta("1us")
    tier = rows["tier"].str[1].astype(int)
    columns = (rows["ticket_id"], at, rows["kind"], tier, rows["team"], rows["product"])
    return [
        {"ticket_id": ticket, "at_us": at_us, "created_us": None, "kind": kind, "tier": rank, "team": team, "product": product}
        for ticket, at_us, kind, rank, team, product in zip(*columns, strict=True)
    ]  # fmt: skip


def test_the_sample_both_ways(tmp_path):
    path = ROOT / "data" / "sample" / "events.parquet"
    import_files([path], "d", home=Home(tmp_path), preset="events", timezone="Europe/Berlin")
    spring = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
    for filters, asked in (
        (Filters(), Asked(zone="Europe/Berlin")),
        (Filters(tiers=("L2",), **spring), Asked(tiers=frozenset([2]), zone="Europe/Berlin", **spring)),
    ):
        there = by_name(metrics(open_dataset("d", tmp_path), filters))
        assert list(differences(second_opinion(sample_events(), asked), there)) == [], filters.sentence
