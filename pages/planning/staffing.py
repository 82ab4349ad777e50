"""How many people each tier needs, how sure that is, and what happens when one thing changes."""

import streamlit as st

from analytics.model import Filters
from pages._kit import (
    planning,
    planning_files,
    planning_projection,
    planning_replay,
    planning_scenarios,
    planning_team,
)
from pages._kit.planning_sliders import Panel

st.title("Staffing")
st.markdown(
    f"People per tier for the next {planning_team.WEEKS} weeks. Tickets that one tier passes on are work for the next: "
    "move one arrow, and every tier moves. The filters of the sidebar do not apply here: a tier works for all tickets."
)
seen = planning_team.everything()
known, raced = planning_team.inputs(seen.dataset)
with st.container():  # always there, so that what is below keeps its place when the race has ended
    if not raced:
        planning.wait_for_race(seen.dataset, Filters(), planning_team.HORIZON_DAYS)
panel = Panel(seen.dataset.name, planning_team.base_plan(seen.dataset), known)
planning_scenarios.from_address(panel)
planning_projection.page(seen, panel, known, raced)
planning_replay.section(seen, panel)
planning_files.section(seen.dataset, panel)
