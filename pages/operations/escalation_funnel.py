"""How far tickets climb: nested counts, the way step by step, the ways as bars that open, where and when visits end."""

from functools import partial

import streamlit as st

from pages._kit import cards, controls, operating_flow, view

st.title("Escalation funnel")
st.markdown("How many tickets get how far, which way they take, and where they come back.")
seen = view.current("tiers", "paths")

cards.show(seen, operating_flow.funnel, operating_flow.routing)
cards.show(seen, operating_flow.hops)
cards.show(seen, operating_flow.ways)
cards.show(seen, operating_flow.top_paths, operating_flow.rates)

tier = controls.choice("Of tickets that reach", controls.tiers(seen), key="reached")
cards.show(seen, partial(operating_flow.ends, tier=tier))
