"""Shifts: who has to work when, so that every open hour is covered at least cost; and what separate pools cost."""

import streamlit as st

from pages._kit.planning import shifts, team
from pages._kit.planning.sliders import Panel
from pages._kit.problems import told

st.title("Shifts")
st.markdown(
    "The agents that each open hour asks for, and the shift patterns that put them there at least cost. Live channels (phone, "
    "chat) need it most: the sliders on the page Staffing say how much is answered live. The filters of the sidebar do not apply "
    "here."
)
seen = team.everything()
known, _ = team.inputs(seen.dataset)
with told("plan"):
    plan = Panel(seen.dataset.name, team.base_plan(seen.dataset), known).current()
    shifts.page(seen, known, plan)
    shifts.pools(seen, known, plan)
