"""Where a guide's rules cannot all hold, with the arithmetic on the team's own tickets."""

import streamlit as st

from pages._kit import view
from pages._kit.improvement import contradictions

st.title("Contradictions")
st.markdown(
    "A staffing guide's rules are claims, and some of them cannot hold together. Here each pair is worked out on your own "
    "tickets, so that nobody chases two targets of which one breaks the other."
)
seen = view.current("tiers", "paths", "resolution")
contradictions.show(seen)
