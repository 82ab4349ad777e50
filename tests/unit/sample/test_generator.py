"""The generator: the same seed makes the same log, another one another; the other two logs are what they claim to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from data.make_sample import healthy_log, main, scaled_log, write_events
from data.sample_clock import Clock
from data.sample_frame import make
from data.sample_world import COLUMNS, PRODUCTS, TEAM_INDEX, Scenario

SMALL = Scenario(start=date(2026, 4, 6), days=42, tickets=1_500, heads_scale=0.6)


@pytest.fixture(scope="module")
def small():
    return make(SMALL)


def test_the_same_seed_makes_the_same_log(small):
    pd.testing.assert_frame_equal(make(SMALL).events, small.events)


def test_the_same_log_makes_the_same_bytes(small, tmp_path):
    write_events(small.events, tmp_path / "one.parquet")
    write_events(small.events.copy(), tmp_path / "two.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_another_seed_makes_another_log(small):
    other = make(replace(SMALL, seed=8)).events
    assert not other["at"].head(500).equals(small.events["at"].head(500))


def test_work_is_never_done_by_two_people_at_once_on_one_ticket(small):
    starts = small.work.sort_values(["ticket", "at"])
    assert not starts.duplicated(["ticket", "at"]).any()


def test_tracked_minutes_are_the_minutes_worked(small):
    """Every session of a closed ticket is in the log, rounded to a tenth of a minute."""
    closed = set(small.events.loc[small.events["kind"].eq("closed"), "ticket_id"])
    logged = small.events.groupby("ticket_id")["effort_minutes"].sum()
    work = small.work.assign(ticket_id=small.ids[small.work["ticket"]])
    worked = work.groupby("ticket_id")["minutes"].agg(["sum", "size"])
    mine = worked[worked.index.isin(closed)]
    assert len(mine) > 1_000
    assert ((logged.reindex(mine.index) - mine["sum"]).abs() <= 0.051 * mine["size"]).all()


def test_every_product_names_teams_that_exist():
    assert {one.l2_team for one in PRODUCTS} | {one.l3_team for one in PRODUCTS} <= set(TEAM_INDEX)
    assert sum(one.share for one in PRODUCTS) == pytest.approx(1)


def test_the_clock_counts_open_time_only():
    """Open 10–20 and 30–40.

    start  work  done
    12     5     17
    12     10    32   (8 until 20, 2 from 30)
    25     3     33
    35     6     never
    """
    clock = Clock([10, 30], [20, 40])
    assert [clock.finish(12, 5), clock.finish(12, 10), clock.finish(25, 3)] == [17, 32, 33]
    assert clock.finish(35, 6) == float("inf")
    assert [clock.is_open(at) for at in (9, 10, 19.9, 20, 30)] == [False, True, True, False, True]
    assert [clock.next_start(at) for at in (0, 10, 11, 31)] == [10, 10, 30, float("inf")]


def test_the_command_refuses_a_seed_that_is_no_number(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--seed", "seven"])
    assert stopped.value.code == 2
    assert "seven" in capsys.readouterr().err


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_healthy_log_is_healthy(seed):
    events = healthy_log(seed)
    assert tuple(events.columns) == COLUMNS
    assert 3_700 <= events["ticket_id"].nunique() <= 4_300
    ordered = events.sort_values(["ticket_id", "at"], kind="stable", ignore_index=True)
    same = ordered["ticket_id"].eq(ordered["ticket_id"].shift())
    moved = same & ordered["team"].ne(ordered["team"].shift())
    up = moved & (ordered["tier"] > ordered["tier"].shift())
    share = ordered.loc[up, "ticket_id"].nunique() / ordered["ticket_id"].nunique()
    assert 0.10 <= share <= 0.15
    stays = ordered[~same | moved]
    assert stays[stays.duplicated(["ticket_id", "team"])]["ticket_id"].nunique() < 0.02 * ordered["ticket_id"].nunique()
    assert ordered.loc[up, "note"].str.count(":").ge(4).mean() > 0.85
    resolved = ordered[ordered["kind"].eq("resolved") & ordered["tier"].eq("L3")]
    assert resolved["knowledge_link"].notna().mean() > 0.85


def test_a_healthy_log_acknowledges_quickly_and_repeats_for_its_seed():
    events = healthy_log(4, tickets=1_000)
    pd.testing.assert_frame_equal(events, healthy_log(4, tickets=1_000))
    ordered = events.sort_values(["ticket_id", "at"], kind="stable", ignore_index=True)
    same = ordered["ticket_id"].eq(ordered["ticket_id"].shift())
    stay = (~same | ordered["team"].ne(ordered["team"].shift())).cumsum()
    first = ordered.groupby(stay)["at"].first()
    seen = ordered[ordered["kind"].eq("acknowledged")].groupby(stay)["at"].first()
    climbed = ordered[ordered["escalation_type"].notna()].groupby(stay)["at"].first().index
    minutes = (seen - first).reindex(climbed).dt.total_seconds() / 60
    assert minutes.median() < 15
    assert (minutes <= 30).sum() / minutes.notna().sum() > 0.8


def test_a_scaled_log_has_the_promised_shape():
    table = next(iter(scaled_log(40_000, seed=5)))
    frame = table.to_pandas()
    assert frame["ticket_no"].nunique() == 40_000
    assert 4.2 <= len(frame) / 40_000 <= 4.8
    order = frame.sort_values(["ticket_no", "at_us"], kind="stable").index
    assert np.array_equal(order, frame.index)
    first = frame.drop_duplicates("ticket_no")
    assert first["kind"].eq("created").all()
    assert (frame["team"].astype(str).str[1].astype(int) == frame["tier"]).all()
    created = pd.to_datetime(first["at_us"], unit="us", utc=True)
    assert created.min() >= pd.Timestamp("2024-10-31", tz="UTC")
    assert created.dt.day_of_week.ge(5).mean() < 0.12


def test_a_scaled_log_comes_in_chunks_that_join(monkeypatch):
    monkeypatch.setattr("data.sample_scaled.CHUNK_TICKETS", 1_000)
    parts = list(scaled_log(2_500, seed=5))
    assert [len(set(part["ticket_no"].to_pylist())) for part in parts] == [1_000, 1_000, 500]
    numbers = np.concatenate([part["ticket_no"].to_numpy() for part in parts])
    assert numbers[0] == 0
    assert numbers[-1] == 2_499
    assert (np.diff(numbers) >= 0).all()
    assert parts[0].equals(next(iter(scaled_log(2_500, seed=5))))


def test_tickets_of_a_scaled_log_are_numbered_as_they_were_created_unless_it_is_shuffled(monkeypatch):
    monkeypatch.setattr("data.sample_scaled.CHUNK_TICKETS", 1_000)

    def created(**told: bool) -> np.ndarray:
        frame = pd.concat([part.to_pandas() for part in scaled_log(2_500, seed=5, **told)])
        return frame.drop_duplicates("ticket_no")["at_us"].to_numpy()

    three_days = 3 * 86_400_000_000  # tickets of a weekend are moved before it
    assert (np.diff(created()) >= -three_days).all()
    assert (np.diff(created(shuffled=True)) < 0).mean() > 0.4
    assert all(np.ptp(one) > 700 * 86_400_000_000 for one in (created(), created(shuffled=True)))
