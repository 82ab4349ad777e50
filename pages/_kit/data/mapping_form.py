"""The mapping as a form: what was detected and why, columns, tiers, kinds of status, personal columns. Values in, mapping out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analytics.ingest.mapping import CANONICAL, REQUIRED, Mapping, TierRules
from analytics.ingest.personal import OFFERS, recognised
from analytics.ingest.preview import Preview
from analytics.model import KIND_MEANINGS, KINDS, TIERS
from pages._kit.text import plain

MEANINGS = {
    "ticket_id": "Ticket number", "at": "Time of the change", "created_at": "Time of creation", "kind": "Kind of event",
    "status": "Status", "tier": "Tier", "team": "Team or group", "agent": "Agent", "agent_role": "Role of the agent",
    "priority": "Priority", "product": "Product", "category": "Category", "channel": "Channel", "customer": "Customer",
    "subject": "Subject", "text": "Text", "note": "Handoff note", "csat": "Customer rating", "effort_minutes": "Minutes worked",
    "escalation_type": "Type of escalation", "knowledge_link": "Knowledge article", "field": "Field that changed",
    "old": "Old value", "new": "New value", "start": "Start of the stay", "end": "End of the stay",
    "first_response_at": "First response", "resolved_at": "Resolved", "closed_at": "Closed", "reassignments": "Reassignments",
    "reopens": "Reopenings", "count": "Number of tickets",
}  # fmt: skip

SHAPES = {
    "events": "one row per change, with the ticket's state after it",
    "changes": "one row per changed field",
    "stays": "one row per stay of a ticket in a group",
    "tickets": "one row per ticket, its last state only",
    "volume": "counts per day or interval",
}

ORDERS = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}
_NONE = "(none)"


def whole(group: Any, zone: Mapping, preview: Callable[..., Preview], part: str = "") -> Mapping:
    """All that is asked about files of the same columns, with their first rows; the mapping that the answers make.

    `zone` names the time zone, which is one for all files; `preview` gives what a mapping makes of the first rows; `part` tells
    the fields of one group from another's.
    """
    proposal, source = group.proposal, group.source
    detected(proposal, [file.name for file in group.files] if part or len(group.files) > 1 else [])
    start = replace(proposal.mapping, source=replace(proposal.mapping.source, timezone=zone.source.timezone))
    mapping = questions(proposal, start, part)
    with st.expander("Columns", expanded=not proposal.mapping.columns):
        given = st.file_uploader("Use a saved mapping", type=["toml"], key=f"{part}mapping_file")
        if given:
            mapping = Mapping.from_toml(given.getvalue().decode("utf-8", "replace"), given.name)
        mapping = columns(mapping, source.columns, part)
    look = preview(mapping, all_files=True)
    mapping = tiers(mapping, look.teams, part)
    mapping = kinds(mapping, look.statuses, part)
    mapping = personal(mapping, look.before, part)
    _first_rows(preview(mapping), look.before)
    st.download_button(
        "Download this mapping", mapping.to_toml(), file_name=f"{Path(source.name).stem}.toml", mime="application/toml",
        on_click="ignore", key=f"{part}mapping_download",
    )  # fmt: skip
    return mapping


def _first_rows(taken: Preview, came: pd.DataFrame) -> None:
    st.markdown("**The first rows**, as they came and as they would be taken")
    after, before = st.tabs(["As taken", "As they came"])
    after.dataframe(taken.after, hide_index=True, width="stretch")
    before.dataframe(came, hide_index=True, width="stretch")


def detected(proposal: Any, files: Sequence[str] = ()) -> None:
    """What was detected, with the reasons; `files` are named where there are several."""
    mapping = proposal.mapping
    what = proposal.preset.replace("_", " ") if proposal.preset else mapping.shape
    if files:
        st.markdown(f"##### {plain(', '.join(files))}")
    st.markdown(f"**This looks like {plain(what)}**: {SHAPES[mapping.shape]}.")
    with st.expander("Why we think so"):
        rows = [
            {"What": c.what, "Found": str(c.value), "Sure": f"{c.confidence:.0%}", "Because": c.reason}
            for c in proposal.choices
        ]
        st.dataframe(pd.DataFrame(rows, columns=["What", "Found", "Sure", "Because"]), hide_index=True, width="stretch")


def questions(proposal: Any, mapping: Mapping, part: str = "") -> Mapping:
    """Asks what nothing in the file proves (the order of day and month, say)."""
    for number, question in enumerate(proposal.questions):
        chosen = st.radio(
            plain(question.sentence),
            list(question.options),
            key=f"{part}question_{number}",
            horizontal=True,
            format_func=lambda option: ORDERS.get(option, option),
        )
        if question.proof:
            st.caption(plain(question.proof))
        if question.what == "date_order":
            mapping = replace(mapping, source=replace(mapping.source, date_order=chosen))
    return mapping


def columns(mapping: Mapping, header: list[str], part: str = "") -> Mapping:
    """Which column is what. Required ones first; a column joined from several stays as it is unless another is chosen."""
    chosen: dict[str, tuple[str, ...]] = {}
    names = sorted(CANONICAL[mapping.shape], key=lambda name: name not in REQUIRED[mapping.shape])
    places = st.columns(3)
    for number, name in enumerate(names):
        now = mapping.columns.get(name, ())
        joined = "/".join(now) if len(now) > 1 else None
        options = [_NONE, *([joined] if joined else []), *header]
        place = options.index(joined or (now[0] if now and now[0] in header else _NONE))
        label = MEANINGS.get(name, name) + (" (needed)" if name in REQUIRED[mapping.shape] else "")
        value = places[number % 3].selectbox(label, options, index=place, key=f"{part}column_{name}")
        if value != _NONE:
            chosen[name] = now if value == joined else (value,)
    return replace(mapping, columns=chosen)


def tiers(mapping: Mapping, teams: pd.DataFrame, part: str = "") -> Mapping:
    """A tier for each team, proposed by name where that says anything; a team without one stays without."""
    if "tier" in mapping.columns or teams.empty:
        return mapping
    st.markdown("**Tiers.** Your teams, and the tier each belongs to. Nothing is applied that you do not see here.")
    shown = pd.DataFrame({"Team": teams["team"], "Tier": teams["tier"], "Rows": teams["rows"]})
    edited = st.data_editor(
        shown, hide_index=True, width="stretch", key=f"{part}team_tiers", disabled=["Team", "Rows"],
        column_config={"Tier": st.column_config.SelectboxColumn("Tier", options=[*TIERS])},
    )  # fmt: skip
    table = {row["Team"]: row["Tier"] for row in edited.to_dict("records") if isinstance(row["Tier"], str)}
    unknown = [row["Team"] for row in edited.to_dict("records") if not isinstance(row["Tier"], str)]
    if table and unknown:
        left = st.selectbox(
            f"Tier of the other {len(unknown)} teams", [*TIERS], index=1, key=f"{part}default_tier",
            help="Teams that are not in the list above, or have no tier there, get this one.",
        )  # fmt: skip
        named = {**mapping.tiers.teams, **dict.fromkeys(unknown, left), **table}
        return replace(mapping, tiers=TierRules(teams=named, rules=mapping.tiers.rules, default=left))
    if not table:
        st.caption(
            "Without tiers, team figures work and tier figures say what they need. You can set tiers later under Settings."
        )
        return replace(mapping, tiers=TierRules())
    return replace(
        mapping,
        tiers=TierRules(
            teams={**mapping.tiers.teams, **table}, rules=mapping.tiers.rules, default=mapping.tiers.default or "L1"
        ),
    )


def kinds(mapping: Mapping, statuses: pd.DataFrame, part: str = "") -> Mapping:
    """What each status means. What is left as `changed` neither resolves nor reopens a ticket."""
    if statuses.empty:
        return mapping
    st.markdown("**Statuses.** What each one means; `changed` means nothing in particular.")
    shown = pd.DataFrame({
        "Status": statuses["status"], "Means": statuses["kind"].fillna("changed"), "Rows": statuses["rows"],
    })  # fmt: skip
    edited = st.data_editor(
        shown, hide_index=True, width="stretch", key=f"{part}status_kinds", disabled=["Status", "Rows"],
        column_config={"Means": st.column_config.SelectboxColumn("Means", options=list(KINDS), required=True)},
    )  # fmt: skip
    with st.popover("What the kinds mean"):
        st.markdown("\n".join(f"- **{kind}**: {meaning}" for kind, meaning in KIND_MEANINGS.items()))
    named = {row["Status"]: row["Means"] for row in edited.to_dict("records") if row["Means"] != "changed"}
    unseen = {status: kind for status, kind in mapping.kinds.items() if status not in set(shown["Status"])}
    return replace(mapping, kinds=unseen | named)


def personal(mapping: Mapping, rows: pd.DataFrame, part: str = "") -> Mapping:
    """Columns about people, and what is done with each before anything is stored."""
    found = recognised(rows)
    if not found:
        return mapping
    st.markdown(
        "**People.** These columns seem to be about people. What is hashed or dropped is never stored as it came."
    )
    before = {**dict.fromkeys(mapping.drop, "drop"), **dict.fromkeys(mapping.hash, "hash")}
    shown = pd.DataFrame({
        "Column": [one.column for one in found],
        "Seems to be": [f"{one.kind} ({one.reason})" for one in found],
        "Do": [before.get(one.column, "keep") for one in found],
        "Advice": [f"{one.advice}: {one.because}" for one in found],
    })  # fmt: skip
    edited = st.data_editor(
        shown, hide_index=True, width="stretch", key=f"{part}personal_columns", disabled=["Column", "Seems to be", "Advice"],
        column_config={"Do": st.column_config.SelectboxColumn("Do", options=list(OFFERS), required=True)},
    )  # fmt: skip
    done = {row["Column"]: row["Do"] for row in edited.to_dict("records")}
    return replace(
        mapping,
        drop=tuple(column for column, what in done.items() if what == "drop"),
        hash=tuple(column for column, what in done.items() if what == "hash"),
    )


def zone(mapping: Mapping, usual: str = "UTC") -> Mapping:
    """The zone of times that carry none."""
    from zoneinfo import available_timezones

    known = ["UTC", *sorted(name for name in available_timezones() if "/" in name)]
    now = mapping.source.timezone or usual
    chosen = st.selectbox(
        "Time zone", known, index=known.index(now) if now in known else 0, key="import_zone",
        help="The zone of times without an offset, and the zone in which days and hours are counted.",
    )  # fmt: skip
    return replace(mapping, source=replace(mapping.source, timezone=chosen))
