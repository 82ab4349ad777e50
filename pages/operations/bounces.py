"""Tickets that come back to a team they had left, between whom they go back and forth, and what that costs."""

from functools import partial

import streamlit as st

from pages._kit import cards, controls, view
from pages._kit.operations import bounces

st.title("Bounces")
st.markdown("Tickets that come back to a team they had left. The time they lose is the time with the other team.")
seen = view.current("paths")

cards.kpis(seen, bounces.numbers_on_top, key="bounces")
if not seen.frame("bounces")["team_immediate"].iloc[0]:
    st.info("No ticket in view went to another team and straight back.", icon=":material/info:")
    st.stop()

rank = controls.choice("Rank by", {"hours_lost": "Hours lost", "loops": "Times"}, key="rank")
cards.show(seen, partial(bounces.loops, rank=rank))
cards.show(seen, bounces.delay)
