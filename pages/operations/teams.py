"""Teams and agents: each beside its tier, with what its size leaves open. No ranks."""

from functools import partial

import streamlit as st

from pages._kit import cached, cards, controls, view
from pages._kit.operations import people

st.title("Teams")
st.markdown(
    "How each team's part of the work goes, beside the other teams of its tier. This page is for asking questions, not for "
    "ranking people: most differences between small groups are chance, and hard tickets are not dealt at random."
)
seen = view.current("tiers", "paths")
if "acknowledgement" not in cached.capabilities(seen.dataset):
    with st.container(horizontal=True, gap="medium"):
        target, clock = controls.target_minutes(), controls.clock()
    cards.show(seen, partial(people.team, share="in_time", target=target, clock=clock))
cards.show(
    seen,
    partial(people.team, share="passed_up", target=30.0, clock="calendar"),
    partial(people.team, share="solved", target=30.0, clock="calendar"),
)

st.subheader("Agents")
people.agents(seen)
