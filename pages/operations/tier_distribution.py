"""Who resolves what: the tiers' shares now, over time, and by product or any other column."""

from functools import partial

import streamlit as st

from pages._kit import cached, cards, controls, view
from pages._kit.operations import mix

st.title("Tier distribution")
st.markdown("Which tier resolves how much, how that moves, and where L1 passes on more than it has to.")
seen = view.current("tiers")

cards.show(seen, mix.now)
grain = controls.choice("Periods", {"week": "Weeks", "month": "Months"}, key="grain", default="month")
cards.show(seen, partial(mix.over_time, grain=grain))

dimension = controls.dimension(seen)
if dimension is None:
    st.info("These tickets have nothing to split them by: no product, team or other column.", icon=":material/info:")
    st.stop()
builders = [partial(mix.by, dimension=dimension)]
if "paths" not in cached.capabilities(seen.dataset):
    builders.append(partial(mix.escalation, dimension=dimension))
cards.show(seen, *builders)
