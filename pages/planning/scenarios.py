"""Scenarios side by side: what changes, what moves headcount most, when tier 0 pays, when to decide on hires."""

import streamlit as st

from analytics.staffing.plan import write_plan
from pages._kit.planning import scenarios, team
from pages._kit.planning.sliders import Panel
from pages._kit.problems import told

st.title("Scenarios")
st.markdown(
    "A scenario is a name for what sliders change in the plan. They are kept with the dataset, for everybody who opens it. "
    "The filters of the sidebar do not apply here: a tier works for all tickets."
)
seen = team.everything()
known, raced = team.inputs(seen.dataset)
plan = team.base_plan(seen.dataset)
key = team.inputs_key(seen.dataset, raced, write_plan(plan))
with told("kept"):
    scenarios.edit(seen.dataset, Panel(seen.dataset.name, plan, known))
with told("compared"):
    scenarios.side_by_side(seen, known, plan, key)
with told("tornado"):
    scenarios.moves_most(seen, known, plan, key)
left, right = st.columns(2)
with left:
    scenarios.tier0(known, plan)
with right, told("hires"):
    scenarios.hire_by(known, plan)
