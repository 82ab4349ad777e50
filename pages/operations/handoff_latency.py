"""How long handed-over tickets wait until somebody of the receiving side works on them, and which wait now."""

from functools import partial

import streamlit as st

from pages._kit import cards, controls, view
from pages._kit.operations import latency
from pages._kit.operations.latency import Choice

st.title("Handoff latency")
st.markdown("How long a ticket waits after it is handed over, until somebody of the receiving tier works on it.")
seen = view.current("tiers", "paths", "acknowledgement")

with st.container(horizontal=True, gap="medium"):
    tiers = Choice(controls.target_minutes(), controls.clock())
if seen.frame("handoff_latency", by="all", **tiers.asked).empty:
    view.nothing_handed_over(seen)
cards.kpis(seen, partial(latency.numbers_on_top, choice=tiers), key="waiting")

group = controls.choice("Compare by", controls.latency_groups(seen), key="group")
choice = Choice(tiers.target, tiers.clock, group)
cards.show(seen, partial(latency.open_now, choice=choice))
cards.show(seen, partial(latency.groups, choice=choice), partial(latency.outcomes, choice=choice))
cards.show(seen, partial(latency.curve, choice=tiers))

pair = controls.handoff_pair(seen)
cards.show(seen, partial(latency.fate, choice=tiers, pair=pair))
if "receiving_team" in controls.latency_groups(seen):
    cards.show(seen, partial(latency.teams, choice=tiers))
cards.show(seen, partial(latency.hours, choice=tiers))

st.subheader("The longest waits")
cards.sides(seen, partial(latency.asked_longest, choice=tiers), latency.longest)
