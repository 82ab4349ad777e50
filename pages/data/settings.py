"""Settings of the dataset that is open: tiers of teams, working hours, roster."""

import streamlit as st

from pages._kit import settings, workspace
from pages._kit.problems import told
from pages._kit.text import plain

st.title("Settings")
dataset = workspace.current()
st.markdown(
    f"How **{plain(dataset.name)}** is read. A change derives the dataset anew; it adds and removes no event, and the "
    "version before can be brought back under Datasets."
)
settings.tell_done()

st.subheader("Tiers")
with told():
    settings.tiers(dataset)

st.subheader("Working hours")
st.markdown("Business time counts only these hours, on the clock of the tier that holds the ticket.")
with told():
    settings.hours(dataset)

st.subheader("Roster")
with told():
    settings.staff(dataset)
