"""How many people each tier needs, how sure that is, and what happens when one thing changes."""

import streamlit as st

from analytics.model import Filters
from pages._kit.planning import files, projection, replay, scenarios, shared, team
from pages._kit.planning.sliders import Panel

st.title("Staffing")
st.markdown(
    f"People per tier for the next {team.WEEKS} weeks. Tickets that one tier passes on are work for the next: "
    "move one arrow, and every tier moves. The filters of the sidebar do not apply here: a tier works for all tickets."
)
seen = team.everything()
known, raced = team.inputs(seen.dataset)
with st.container():  # always there, so that what is below keeps its place when the race has ended
    if not raced:
        shared.wait_for_race(seen.dataset, Filters(), team.HORIZON_DAYS)
panel = Panel(seen.dataset.name, team.base_plan(seen.dataset), known)
scenarios.from_address(panel)
projection.page(seen, panel, known, raced)
replay.section(seen, panel)
files.section(seen.dataset, panel)
