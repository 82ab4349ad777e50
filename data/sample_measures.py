"""The sample's realised figures, in pandas: what the page of figures prints and what goes into truth.json.

Definitions are the product's own (visit, handoff, bounce, latency on the calendar clock), written a second time without
its SQL, so that the two can be compared.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.sample_text import SECTION_LABELS

LABELS = {label for labels in SECTION_LABELS.values() for label in labels}


def without_excluded(events: pd.DataFrame) -> pd.DataFrame:
    """Events of tickets that count."""
    out = events.loc[events["kind"] == "excluded", "ticket_id"].unique()
    return pd.DataFrame(events[~events["ticket_id"].isin(out)])


def visits(events: pd.DataFrame) -> pd.DataFrame:
    """One row per visit: ticket, number in the ticket, tier, team, start, end (next visit's start), first acknowledgement."""
    ordered = events.sort_values("ticket_id", kind="stable", ignore_index=True)
    place = ordered["tier"] + "|" + ordered["team"]
    fresh = (ordered["ticket_id"] != ordered["ticket_id"].shift()) | (place != place.shift())
    ordered["visit"] = fresh.cumsum()
    acknowledged = ordered[ordered["kind"] == "acknowledged"].groupby("visit")["at"].min()
    first = ordered.groupby("visit").agg(
        ticket_id=("ticket_id", "first"),
        tier=("tier", "first"),
        team=("team", "first"),
        start=("at", "first"),
        last=("at", "last"),
        kind=("kind", "first"),
        effort_minutes=("effort_minutes", "sum"),
        note=("note", "first"),
        escalation_type=("escalation_type", "first"),
        product=("product", "first"),
        category=("category", "first"),
        priority=("priority", "first"),
    )
    first["acknowledged"] = acknowledged
    first["number"] = first.groupby("ticket_id").cumcount()
    first["end"] = first.groupby("ticket_id")["start"].shift(-1)
    return first.reset_index(drop=True)


def handoffs(stays: pd.DataFrame) -> pd.DataFrame:
    """One row per boundary between visits, with where it came from and the latency in hours (missing: unacknowledged)."""
    before = stays.groupby("ticket_id")[["tier", "team"]].shift()
    moved = stays.assign(from_tier=before["tier"], from_team=before["team"])
    moved = moved[moved["number"] > 0].copy()
    moved["hours"] = (moved["acknowledged"] - moved["start"]) / pd.Timedelta(hours=1)
    tiers = moved["tier"].str[1].astype(int) - moved["from_tier"].str[1].astype(int)
    moved["direction"] = np.select([tiers > 0, tiers < 0], ["escalation", "return"], "lateral")
    return pd.DataFrame(moved)


def bounced(stays: pd.DataFrame) -> pd.Series:
    """For each visit, whether the ticket had already left this team."""
    return stays.duplicated(["ticket_id", "team"])


def section_count(note: object) -> int:
    """How many labelled sections a note has; 0 for none and for no note."""
    if not isinstance(note, str):
        return 0
    return sum(line.split(":", 1)[0] in LABELS for line in note.split("\n"))


def resolved_by(events: pd.DataFrame) -> pd.Series:
    """The tier of each resolved ticket's last `resolved` event (`closed` where there is none), by ticket."""
    resolved = events[events["kind"] == "resolved"].groupby("ticket_id")["tier"].last()
    shut = events[events["kind"] == "closed"].groupby("ticket_id")["tier"].last()
    return pd.Series(resolved.combine_first(shut))


def escalation_rates(stays: pd.DataFrame, by: str) -> pd.Series:
    """Share of tickets with an L1 visit that have an escalation out of L1, by an attribute of the ticket."""
    in_l1 = stays[stays["tier"] == "L1"].drop_duplicates("ticket_id").set_index("ticket_id")[by]
    moved = handoffs(stays)
    up = moved.loc[(moved["from_tier"] == "L1") & (moved["direction"] == "escalation"), "ticket_id"].unique()
    return pd.Series(pd.Series(in_l1.index.isin(up), index=in_l1.index).groupby(in_l1).mean())
