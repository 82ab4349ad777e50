"""Settings of a dataset: tiers of teams, working hours, roster. Every change makes a new version; nothing is applied silently."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from analytics import roster
from analytics.calendars import OFFICE_WEEK, Calendar, from_json, hours_per_week
from analytics.ingest.infer_tiers import infer_tiers
from analytics.ingest.maintain import rederive, saved_mapping
from analytics.ingest.mapping import Mapping, TierRules
from analytics.ingest.words import TEAM_RULES
from analytics.model import TIERS
from analytics.warehouse import questions
from analytics.warehouse.store import Dataset
from pages._kit import cached, numbers, workspace
from pages._kit.problems import told
from pages._kit.text import plain

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DONE = "_settings_done"


def tell_done() -> None:
    """Says once what the last change did."""
    if done := st.session_state.pop(_DONE, None):
        st.success(plain(done), icon=":material/check:")


def _done(sentence: str) -> None:
    st.session_state[_DONE] = sentence
    st.rerun()


def _key(name: str, dataset: Dataset) -> str:
    """A widget's key: another dataset, or another version after a change, starts from what it holds, not from what was typed."""
    return f"{name}_{dataset.name}_{dataset.version}"


def tiers(dataset: Dataset) -> None:
    """The tier of each team, where tiers come from teams: a table to change, applied by a button."""
    mapping = saved_mapping(cached.warehouse(dataset))
    if mapping is None:
        st.info("This dataset was not made by an import, so its tiers are fixed.")
        return
    if "tier" in mapping.columns:
        st.caption(f"Tiers come from the column {plain('/'.join(mapping.columns['tier']))} of your export.")
        return
    start = _with_suggestions(dataset, mapping)
    edited = _tier_table(start, dataset)
    table = {row["Team"]: row["Tier"] for row in edited.to_dict("records") if isinstance(row["Tier"], str)}
    without = len(edited) - len(table)
    usual = TIERS.index(mapping.tiers.default or "L1")
    default = st.selectbox(
        "Tier of all other teams", [*TIERS], index=usual, key=_key("settings_default", dataset), disabled=not table
    )
    rules = replace(mapping.tiers, teams=table, default=default)  # rules by name stay: they are for teams still to come
    st.caption(
        f"{numbers.count(len(table))} teams have a tier; {numbers.count(without)} go by your rules, else {default}."
        if table
        else ""
    )
    with told():
        if st.button("Apply tiers", type="primary", disabled=not table, key="apply_tiers"):
            rederive(dataset.name, workspace.home(), tiers=rules)
            before = dict(zip(start["team"], start["now"], strict=True))
            _done(_moved(before, {team: rules.of_team(team) or default for team in before}))


def _moved(before: dict[str, str | None], now: dict[str, str]) -> str:
    """Which teams have another tier than before, in a sentence."""
    moved = [f"{team} ({was or 'none'} to {now[team]})" for team, was in before.items() if was != now[team]]
    if not moved:
        return "The tiers were applied; no team's tier changed."
    more = f" and {len(moved) - 8} more" if len(moved) > 8 else ""
    return f"Another tier: {', '.join(moved[:8])}{more}. Visits, handoffs and all figures were derived anew."


def _with_suggestions(dataset: Dataset, mapping: Mapping) -> pd.DataFrame:
    """The teams with their behaviour and the tier suggested by it; taken as a start only where somebody asks for it."""
    warehouse = cached.warehouse(dataset)
    teams = questions.teams(warehouse)
    pairs = questions.handoff_latency(warehouse, by="team_pair")
    pairs = pairs.rename(columns={"from_key": "from_team", "to_key": "to_team"})
    suggested = infer_tiers(teams, pairs, TierRules(rules=TEAM_RULES).named)
    start = st.toggle(
        "Start from the suggested tiers", value=bool(teams["tier"].isna().all()), key=_key("settings_suggest", dataset),
        help="Suggested by how tickets move: who takes them in from outside, who gets them from below. Nothing is applied before "
        "you press the button.",
    )  # fmt: skip
    tier = suggested["tier"] if start else teams["tier"]
    return teams.assign(
        now=teams["tier"],
        tier=tier,
        suggested=suggested["tier"],
        sure=suggested["confidence"],
        why=suggested["evidence"],
    )


def _tier_table(teams: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    shares = {
        "from_outside": "Come in here",
        "escalated_in": "Came from below",
        "solved_here": "Solved here",
        "sure": "Sure",
    }
    names = {"team": "Team", "tier": "Tier", "suggested": "Suggested", "why": "Why", "visits": "Visits", **shares}
    percents = {name: st.column_config.NumberColumn(name, format="percent") for name in shares.values()}
    return st.data_editor(
        teams[list(dict.fromkeys(["team", "tier", "suggested", "sure", *names]))].rename(columns=names),
        hide_index=True, width="stretch", key=_key(f"settings_tiers_{teams['tier'].notna().sum()}", dataset),
        disabled=[name for name in names.values() if name != "Tier"],
        column_config={"Tier": st.column_config.SelectboxColumn("Tier", options=[*TIERS]), **percents},
    )  # fmt: skip


def hours(dataset: Dataset) -> None:
    """Working hours of each tier: days, times, zone, holidays."""
    told_now = from_json(questions.meta(cached.warehouse(dataset)).get("calendars", ""))
    zone = questions.timezone(cached.warehouse(dataset))
    made: dict[str, Calendar] = {}
    if not told_now:
        st.caption("Not set yet: Monday to Friday, 9 to 17 is taken, without holidays.")
    for place, tier in zip(st.columns(3), TIERS[1:], strict=True):
        with place, st.container(border=True):
            made[tier] = _hours_of(tier, told_now.get(tier, Calendar(zone)), dataset)
            st.caption(f"{hours_per_week(made[tier]):.0f} hours a week")
    with told():
        never = [tier for tier, calendar in made.items() if not hours_per_week(calendar)]
        if never:
            st.warning(f"{' and '.join(never)} would never work. Choose a day and hours.")
        if st.button(
            "Apply working hours", type="primary", key="apply_hours", disabled=bool(never) or made == told_now
        ):
            roster.set_hours(workspace.home(), dataset.name, told_now | made)
            _done(_new_hours(told_now, made))


def _new_hours(before: dict[str, Calendar], now: dict[str, Calendar]) -> str:
    """Which tiers work other hours than before, in a sentence."""
    told = [
        f"{tier} {hours_per_week(calendar):g} hours a week"
        + (f" (before {hours_per_week(before[tier]):g})" if tier in before else "")
        + f", {calendar.timezone}"
        + (f", holidays of {calendar.holidays_country}" if calendar.holidays_country else "")
        for tier, calendar in now.items()
        if calendar != before.get(tier)
    ]
    return f"Working hours were applied: {'; '.join(told)}. Business times were counted anew."


def _hours_of(tier: str, now: Calendar, dataset: Dataset) -> Calendar:
    st.markdown(f"**{tier}**")
    open_days = [day for day, openings in zip(DAYS, now.week, strict=True) if openings]
    first = next((openings for openings in now.week if openings), OFFICE_WEEK[0])
    days = st.pills("Days", DAYS, selection_mode="multi", default=open_days, key=_key(f"days_{tier}", dataset))
    usual = (first[0][0] // 60, -(-first[-1][1] // 60))
    start, end = st.slider("Hours", 0, 24, usual, key=_key(f"hours_{tier}", dataset))
    zones = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
    zone = st.selectbox(
        "Time zone",
        zones,
        index=zones.index(now.timezone) if now.timezone in zones else 0,
        key=_key(f"zone_{tier}", dataset),
    )
    country = st.text_input(
        "Holidays of (country code)", now.holidays_country, max_chars=2, key=_key(f"country_{tier}", dataset)
    ).upper()
    chosen = ((start * 60, end * 60),) if end > start else ()
    kept = (
        start,
        end,
    ) == usual  # hours that the slider cannot show (half hours, breaks, other Saturdays) stay untouched
    week = tuple(
        () if day not in days else openings if kept and openings else chosen
        for day, openings in zip(DAYS, now.week, strict=True)
    )
    region = now.holidays_region if country == now.holidays_country else ""
    return replace(now, timezone=zone, week=week, holidays_country=country, holidays_region=region)


def staff(dataset: Dataset) -> None:
    """The roster: what is there, and a file to replace it."""
    weeks = questions.roster_by_week(cached.warehouse(dataset))
    if weeks.empty:
        st.caption("No roster yet: people now are estimated from the agents who were active each week.")
    else:
        last = weeks["week"].max()
        st.caption(f"{weeks['week'].nunique()} weeks, the last from {last:%-d %b %Y}.")
    given = st.file_uploader(
        "A CSV with date, tier, hours: one row per day and tier", type=["csv"], key=_key("roster_file", dataset)
    )
    with told():
        if given and st.button("Use this roster", type="primary", key="apply_roster"):
            frame = _read(given)
            roster.import_roster(workspace.home(), dataset.name, frame)
            tiers_there = ", ".join(sorted(frame["tier"].unique()))
            _done(
                f"The roster was replaced: {numbers.count(frame['hours'].sum())} hours of {tiers_there} from "
                f"{frame['day'].min():%-d %b %Y} to {frame['day'].max():%-d %b %Y}, {numbers.count(len(frame))} rows."
            )


def _read(given) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(given.name).name
        path.write_bytes(given.getvalue())
        return roster.read_roster(path)
