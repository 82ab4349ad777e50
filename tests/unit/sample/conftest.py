"""The shipped files, read once."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

SAMPLE = Path(__file__).parents[3] / "data" / "sample"


@pytest.fixture(scope="session")
def events() -> pd.DataFrame:
    return pd.read_parquet(SAMPLE / "events.parquet")


@pytest.fixture(scope="session")
def truth() -> dict:
    return json.loads((SAMPLE / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def counted(events) -> pd.DataFrame:
    """Events without the excluded tickets', by ticket and time."""
    out = set(events.loc[events["kind"].eq("excluded"), "ticket_id"])
    kept = events[~events["ticket_id"].isin(out)]
    return kept.sort_values(["ticket_id", "at"], kind="stable", ignore_index=True)


@pytest.fixture(scope="session")
def moves(counted) -> pd.DataFrame:
    """One row per change of team: from where, to where, and the first acknowledgement before the next change.

    Written without `data.sample_measures`, so that the two check each other.
    """
    same = counted["ticket_id"].eq(counted["ticket_id"].shift())
    moved = same & counted["team"].ne(counted["team"].shift())
    frame = counted.assign(
        stay=(~same | moved).cumsum(), from_tier=counted["tier"].shift(), from_team=counted["team"].shift()
    )
    seen = frame[frame["kind"].eq("acknowledged")].drop_duplicates("stay").set_index("stay")["at"]
    found = frame[moved].copy()
    found["hours"] = (found["stay"].map(seen) - found["at"]).dt.total_seconds() / 3600
    found["up"] = found["tier"] > found["from_tier"]
    return found
