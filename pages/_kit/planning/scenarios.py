"""Scenarios: named changes of the plan, kept with the dataset, compared side by side, shared by a link."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from analytics.charts import numbers, staffing as charts
from analytics.errors import InputError
from analytics.staffing.demand import demand_of
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.plan import Plan, read_plan, write_plan
from analytics.staffing.scenarios import (
    Scenario,
    break_even,
    changed,
    compare,
    hire_by_dates,
    scenario_of_token,
    tornado,
)
from analytics.warehouse.store import Dataset
from analytics.workforce import scenario_store
from pages._kit import cards
from pages._kit.planning import shared, team
from pages._kit.planning.sliders import Panel, change_words
from pages._kit.problems import told
from pages._kit.text import plain
from pages._kit.view import View

ADDRESS = "scenario"
"""The key of a scenario in the address."""

AS_IS = "The plan as it is"
_SHOWN = {"headcount": "People", "occupancy": "Occupancy", "p_sla": "Weeks kept", "wait_p90_hours": "9 of 10 wait (hours)",
          "work_hours_per_week": "Work (hours a week)", "cost_per_week": "Cost a week"}  # fmt: skip


def from_address(panel: Panel) -> None:
    """A scenario in the address moves the sliders, once; a link that was cut is told and changes nothing."""
    token = st.query_params.get(ADDRESS)
    done = panel.state("opened")
    if not token or st.session_state.get(done) == token:
        return
    with told("link"):
        scenario = scenario_of_token(token)
        changed(panel.plan, scenario.changes)
        panel.apply(scenario.changes)
        st.session_state[panel.state("name")] = scenario.name
    st.session_state[done] = token


def link(scenario: Scenario, dataset: Dataset) -> str:
    """The address at which the staffing page opens with a scenario."""
    return f"/staffing?dataset={dataset.name.replace(' ', '+')}&{ADDRESS}={scenario.token()}"


def save_here(dataset: Dataset, panel: Panel) -> None:
    """Under the sliders: keep what they say under a name, share it as a link, or take it along as a plan file."""
    changes = panel.changes()
    with st.container(border=True):
        st.markdown("**Keep this as a scenario**")
        if not changes:
            st.caption("Nothing is changed yet: move a slider first.")
        name = st.text_input("Name", key=panel.state("name"), max_chars=80, placeholder="Chatbot in March")
        if st.button("Keep it with the dataset", icon=":material/save:", disabled=not changes):
            with told("scenario"):
                scenario_store.save(
                    dataset.folder, scenario_store.load(dataset.folder).with_scenario(Scenario(name, changes))
                )
                st.success(
                    plain(f"'{name.strip()}' is kept. Compare it on the page Scenarios."), icon=":material/check:"
                )
        if changes:
            with st.expander("Share it as a link"):
                st.code(link(Scenario(name.strip() or "Shared", changes), dataset), language=None, wrap_lines=True)
        with told("plan_down"):
            st.download_button(
                "Download the plan with the sliders in it", write_plan(panel.current()), mime="application/toml",
                file_name=f"{dataset.name}_plan.toml", icon=":material/download:", on_click="ignore",
            )  # fmt: skip


def edit(dataset: Dataset, panel: Panel) -> None:
    """The list of scenarios: open, baseline, delete; a file in and out."""
    kept = scenario_store.load(dataset.folder)
    if not kept.scenarios:
        st.info(
            "No scenario is kept yet. On the page Staffing, move sliders and keep what they say; or load a file here.",
            icon=":material/info:",
        )
    _list(dataset, kept)
    _files(dataset, kept, panel)


def _list(dataset: Dataset, kept: scenario_store.Kept) -> None:
    if not kept.scenarios:
        return
    names = ["", *kept.names]
    chosen = st.selectbox(
        "Baseline: what the others are compared with", names, index=names.index(kept.baseline),
        format_func=lambda name: plain(name) if name else AS_IS, key=f"baseline:{dataset.name}",
    )  # fmt: skip
    if chosen != kept.baseline:
        scenario_store.save(dataset.folder, kept.with_baseline(chosen))
    with st.expander(f"The {len(kept.scenarios)} scenarios: what they change, links, delete"):
        for scenario in kept.scenarios:
            left, right = st.columns([5, 1], vertical_alignment="center")
            left.markdown(f"**{plain(scenario.name)}**: {plain(change_words(scenario.changes))}")
            left.page_link(
                "pages/planning/staffing.py", label="Open in the sliders", query_params=_query(scenario, dataset)
            )
            if right.button("Delete", key=f"delete:{scenario.name}", icon=":material/delete:"):
                scenario_store.save(dataset.folder, kept.without(scenario.name))
                st.rerun()


def _query(scenario: Scenario, dataset: Dataset) -> dict[str, str]:
    return {"dataset": dataset.name, ADDRESS: scenario.token()}


@st.fragment
def _files(dataset: Dataset, kept: scenario_store.Kept, panel: Panel) -> None:
    with st.expander("Scenarios as a file"), told("scenario_file"):
        st.download_button(
            "Download all, with the plan", scenario_store.to_text(replace(kept, plan=None), panel.plan),
            file_name=f"{dataset.name}_scenarios.json",
            mime="application/json", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        given = st.file_uploader(
            "Load a scenario file", type="json", key=f"scenarios_up:{dataset.name}", max_upload_size=5
        )
        if given is not None:
            _take_in(dataset, kept, panel, parsed(given.getvalue()))


def _take_in(dataset: Dataset, kept: scenario_store.Kept, panel: Panel, file: scenario_store.Kept) -> None:
    """The file's scenarios, and its plan where the reader wants that too: the changes are changes of that plan."""
    with_plan = False
    if file.plan is not None and file.plan != panel.plan:
        with_plan = st.checkbox("Take the file's plan too", key=f"scenarios_plan:{dataset.name}")
        st.caption(
            "The file's plan is not the one in use here. Without it the same changes are made to the plan in use, so the "
            "scenarios can say other numbers than where they come from; with it, it takes the place of the plan in use."
        )
    if st.button("Take them in", icon=":material/check:"):
        if with_plan and file.plan is not None:
            demand_of(panel.known, file.plan)  # tiers that the data do not have, routes that cannot be
            team.set_base_plan(dataset, None)
            panel.reset()
        scenario_store.save(dataset.folder, merged(kept, file, with_plan=with_plan))
        st.rerun()


def parsed(data: bytes) -> scenario_store.Kept:
    """A scenario file as it was uploaded. InputError where it is no text, or not one of ours."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise InputError("The scenario file is not a text file.", found=str(problem)) from problem
    return scenario_store.parse(text)


def merged(kept: scenario_store.Kept, file: scenario_store.Kept, *, with_plan: bool = False) -> scenario_store.Kept:
    """What is kept with a file's scenarios added; those of the same name are replaced. Its plan only where that is wanted."""
    for scenario in file.scenarios:
        kept = kept.with_scenario(scenario)
    return replace(kept, plan=file.plan) if with_plan else kept


@st.cache_data(max_entries=64, show_spinner="Comparing the scenarios")
def _compared(
    inputs_key: str, plan_text: str, tokens: tuple[str, ...], baseline: str, _known: StaffingInputs
) -> tuple[pd.DataFrame, dict[str, int]]:
    everyone = [scenario_of_token(token) for token in tokens]
    table, answers = compare(_known, read_plan(plan_text), everyone, baseline)
    return table, {name: answer.headcount for name, answer in answers.items()}


@st.cache_data(max_entries=64, show_spinner="Turning every input")
def _tornado(inputs_key: str, plan_text: str, _known: StaffingInputs) -> pd.DataFrame:
    return tornado(_known, read_plan(plan_text))


def side_by_side(seen: View, known: StaffingInputs, plan: Plan, key: str) -> None:
    """All scenarios beside each other: people by tier, then every figure with its difference to the baseline."""
    kept = scenario_store.load(seen.dataset.folder)
    everyone = [Scenario(AS_IS), *kept.scenarios] if AS_IS not in kept.names else list(kept.scenarios)
    base = kept.baseline or AS_IS
    table, totals = _compared(key, write_plan(plan), tuple(one.token() for one in everyone), base, known)
    best = min(totals, key=lambda name: totals[name])
    title = (
        f"{best} needs {totals[best]} people, {base} {totals[base]}"
        if best != base
        else f"{base} needs {totals[base]} people"
    )
    cards.chart_card(
        title, charts.compared(table), shared.answer(seen, table, "routing"), unit="People to ask for by tier",
        alt="Stacked bars by scenario.", metrics=("staffing.headcount", "staffing.scenario"), key="compared",
    )  # fmt: skip
    _differences(table, base)


def _differences(table: pd.DataFrame, base: str) -> None:
    """One table per figure that changes: value and difference to the baseline, by tier."""
    with st.container(border=True):
        st.markdown("#### Differences to the baseline")
        st.caption(plain(f"Baseline: {base}. All tiers: the sum; for occupancy, waits and weeks kept the worst tier."))
        rows = table.assign(tier=table["tier"].replace("all", "All tiers"))
        shown: dict[str, Any] = {"scenario": "Scenario", "tier": "Tier"}
        for name, words in _SHOWN.items():
            if bool(rows[name].notna().any()):
                share, whole = (
                    name in ("occupancy", "p_sla"),
                    name in ("headcount", "cost_per_week", "work_hours_per_week"),
                )
                form = "%.0f %%" if share else "%.0f" if whole else "%.1f"
                shown[name] = st.column_config.NumberColumn(words, format=form)
                rows[[name, f"{name}_diff"]] *= 100 if share else 1
                signed = "%+.1f points" if share else "%+.0f" if whole else "%+.1f"
                shown[f"{name}_diff"] = st.column_config.NumberColumn("± " + words, format=signed)
        st.dataframe(
            rows[list(shown)],
            hide_index=True,
            width="stretch",
            column_config=shown,
            height=min(600, 38 + 35 * len(rows)),
        )


def moves_most(seen: View, known: StaffingInputs, plan: Plan, key: str) -> None:
    """The tornado: which input moves headcount most."""
    table = _tornado(key, write_plan(plan), known)
    top = table.iloc[0]
    cards.chart_card(
        f"{top['input']} moves most: {top['people_low']:.1f} to {top['people_high']:.1f} people",
        charts.tornado(table.head(14)), shared.answer(seen, table, "routing"),
        unit="People over all tiers when one input moves over its range (95 % interval, ± 10 % or a notch)",
        alt=f"{len(table)} bars, the widest on top.", metrics=("staffing.tornado",), key="tornado",
    )  # fmt: skip


@st.fragment
def tier0(known: StaffingInputs, plan: Plan) -> None:
    """When a bot or self-service pays."""
    with st.container(border=True):
        st.markdown("#### When does tier 0 pay?")
        front = known.tiers[int(known.arrivals.sum(axis=(0, 1)).argmax())]
        one, two, three = st.columns(3)
        attempt = one.number_input(
            "Cost of one attempt", 0.0, 1e4, plan.tier0.cost_per_contact or 0.5, 0.1, key="t0_attempt"
        )
        hourly = two.number_input(
            f"Cost of a paid hour in {front}", 0.1, 1e5, plan.tier(front).cost_per_hour or 35.0, 1.0, key="t0_hour"
        )
        share = three.slider("Solved by tier 0, %", 0, 60, round(100 * plan.tier0.deflection) or 10, 1, key="t0_share")
        with told("tier0"):
            priced = replace(plan.with_tier(front, cost_per_hour=hourly))
            priced = replace(priced, tier0=replace(plan.tier0, cost_per_contact=attempt, deflection=share / 100))
            answer = break_even(known, priced)
            st.markdown(plain(answer.sentence))
            st.caption(
                plain(f"At {share} %: {numbers.count(answer.saving_per_week)} a week, in the currency of the costs.")
            )


def hire_by(known: StaffingInputs, plan: Plan) -> None:
    """When to decide, so that new people are productive when they are needed."""
    with st.container(border=True):
        st.markdown("#### When to decide on hires")
        frame = hire_by_dates(known, plan)
        if frame.empty:
            st.caption("Nobody has to be hired within the horizon, or the people planned are not known.")
            return
        late = frame["too_late"].map({True: "too late", False: "in time"})
        st.dataframe(
            frame.assign(too_late=late), hide_index=True, width="stretch",
            column_config={"tier": "Tier", "people": "People more", "needed_on": "Needed from the week of",
                           "decide_by": "Decide by", "too_late": "Which is"},
        )  # fmt: skip
        st.caption(plain(hiring_words(plan, list(dict.fromkeys(frame["tier"])))))


def hiring_words(plan: Plan, tiers: list[str]) -> str:
    """Lead time and ramp-up in a sentence; tiers that take different times are told apart."""
    times = {tier: (plan.tier(tier).hiring_lead_weeks, plan.tier(tier).ramp_weeks) for tier in tiers}
    groups = {pair: [tier for tier in tiers if times[tier] == pair] for pair in times.values()}
    words = [
        ("" if len(groups) == 1 else f"{', '.join(names)}: ")
        + f"{lead:g} weeks from decision to first day, {ramp:g} more until fully productive"
        for (lead, ramp), names in groups.items()
    ]
    return "; ".join(words) + "."
