"""A guide's rules, tried on the team's own past before anybody adopts them."""

import streamlit as st

from pages._kit import view
from pages._kit.improvement import rules
from pages._kit.text import plain

st.title("Rule tester")
st.markdown(
    "Try a rule on your own past: what it would have added to each tier, and what it would have taken off the waiting. "
    "A replay is not a trial: read under the charts what it cannot know."
)
seen = view.current("tiers", "paths", "resolution")
rule = rules.choose()
st.markdown(plain(rule.text))
rules.bench(rule, seen)
