"""How far tickets climb: nested counts, the way step by step, the ways as bars that open, where and when visits end."""

from functools import partial

import streamlit as st

from pages._kit import cards, controls, view
from pages._kit.operations import flow

st.title("Escalation funnel")
st.markdown("How many tickets get how far, which way they take, and where they come back.")
seen = view.current("tiers", "paths")

cards.show(seen, flow.funnel, flow.routing)
cards.show(seen, flow.hops)
cards.show(seen, flow.ways)
cards.show(seen, flow.top_paths, flow.rates)

tier = controls.choice("Of tickets that reach", controls.tiers(seen), key="reached")
cards.show(seen, partial(flow.ends, tier=tier))
