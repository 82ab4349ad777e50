"""Scenarios side by side: what changes, what moves headcount most, when tier 0 pays, when to decide on hires."""

import streamlit as st

from analytics.staffing.plan import write_plan
from pages._kit import planning_scenarios, planning_team
from pages._kit.planning_sliders import Panel
from pages._kit.problems import told

st.title("Scenarios")
st.markdown(
    "A scenario is a name for what sliders change in the plan. They are kept with the dataset, for everybody who opens it. "
    "The filters of the sidebar do not apply here: a tier works for all tickets."
)
seen = planning_team.everything()
known, raced = planning_team.inputs(seen.dataset)
plan = planning_team.base_plan(seen.dataset)
key = planning_team.inputs_key(seen.dataset, raced, write_plan(plan))
with told("kept"):
    planning_scenarios.edit(seen.dataset, Panel(seen.dataset.name, plan, known))
with told("compared"):
    planning_scenarios.side_by_side(seen, known, plan, key)
with told("tornado"):
    planning_scenarios.moves_most(seen, known, plan, key)
left, right = st.columns(2)
with left:
    planning_scenarios.tier0(known, plan)
with right, told("hires"):
    planning_scenarios.hire_by(known, plan)
