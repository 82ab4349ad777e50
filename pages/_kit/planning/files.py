"""The plan and the roster as files: down to the reader, up from the reader."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from analytics.errors import InputError
from analytics.roster import import_roster, read_roster
from analytics.staffing.demand import demand_of
from analytics.staffing.plan import Plan, write_plan
from analytics.warehouse.questions import history
from analytics.warehouse.store import Dataset
from analytics.workforce import scenario_store
from analytics.workforce.inputs import plan_for
from pages._kit import cached, workspace
from pages._kit.planning import team
from pages._kit.planning.sliders import Panel
from pages._kit.problems import told

_ROSTER = "date,tier,hours\n2026-03-02,L1,64\n2026-03-02,L2,40\n"
"""What a roster looks like: paid hours of a tier on a day."""


def section(dataset: Dataset, panel: Panel) -> None:
    """Plan on the left, roster on the right."""
    st.markdown("### Plan and roster as files")
    left, right = st.columns(2)
    with left, st.container(border=True):
        _plan_file(dataset, panel)
    with right, st.container(border=True):
        _roster_file(dataset)


@st.fragment
def _plan_file(dataset: Dataset, panel: Panel) -> None:
    """Problems are told inside of the fragment: what is around it does not run again with it."""
    with told("plan_file"):
        _plan(dataset, panel)


@st.fragment
def _roster_file(dataset: Dataset) -> None:
    with told("roster"):
        _roster(dataset)


def _plan(dataset: Dataset, panel: Panel) -> None:
    st.markdown("#### Plan")
    st.caption(
        "Working hours, targets, people, shrinkage, cost per hour, live channels, routes, launches, hires: one TOML file. The "
        "sliders edit it, and under them it can be taken along; the command line takes it with --plan."
    )
    given = st.file_uploader("Use a plan file", type="toml", key=f"plan_up:{dataset.name}", max_upload_size=1)
    if given is not None:
        _offer(dataset, panel, given.getvalue())
    if st.button("Keep this plan with the dataset", icon=":material/save:", help="For everybody who opens it."):
        kept = scenario_store.load(dataset.folder)
        scenario_store.save(dataset.folder, scenario_store.Kept(panel.current(), kept.scenarios, kept.baseline))
        team.set_base_plan(dataset, None)
        panel.reset()
        st.rerun()
    if st.button("Back to the usual plan", icon=":material/undo:", help="The dataset's working hours and targets."):
        team.set_base_plan(dataset, write_plan(team.usual_plan(dataset)))
        panel.reset()
        st.rerun()


def _offer(dataset: Dataset, panel: Panel, data: bytes) -> None:
    """Offers an uploaded plan, read as soon as it is there: what is wrong with it stands as long as the file does. Rejected: to
    read it when the button is pressed, since the next run of the page, which ends a race, would take the sentence away."""
    with told("plan_given"):
        plan = _read(dataset, panel, data)
        if st.button("Use this plan", icon=":material/check:"):
            team.set_base_plan(dataset, write_plan(plan))
            panel.reset()
            st.rerun()


def _read(dataset: Dataset, panel: Panel, data: bytes) -> Plan:
    """The plan of a file. An error of the family where it is no text, no plan, or none of this dataset's."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise InputError("The plan is not a text file.", found=str(problem), todo="Save it as UTF-8.") from problem
    plan = plan_for(cached.warehouse(dataset), text)
    demand_of(panel.known, plan)  # tiers that the data do not have, routes that cannot be
    return plan


def _roster(dataset: Dataset) -> None:
    st.markdown("#### Roster")
    there = history.roster_by_day(cached.warehouse(dataset))
    if there.empty:
        st.caption(
            "There is none: people are estimated from who is seen in the log each week, where the data name agents."
        )
    else:
        first, last = there["day"].min(), there["day"].max()
        st.caption(f"{first:%-d %b %Y} to {last:%-d %b %Y}, {len(there):,} days of tiers. A new one replaces it.")
    st.caption("A CSV file with date, tier and hours (paid hours of the tier on that day), and team if you like.")
    st.download_button(
        "A roster to start from",
        _ROSTER,
        file_name="roster.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    given = st.file_uploader("Roster", type="csv", key=f"roster_up:{dataset.name}", max_upload_size=50)
    if given is not None:
        _offer_roster(dataset, given.name, given.getvalue())


def _offer_roster(dataset: Dataset, name: str, data: bytes) -> None:
    """Offers an uploaded roster, read as soon as it is there, for the same reason as a plan."""
    with told("roster_given"), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / Path(name).name
        file.write_bytes(data)
        roster = read_roster(file)
        if st.button("Use this roster", icon=":material/check:"):
            import_roster(workspace.home(), dataset.name, roster)
            st.rerun()
