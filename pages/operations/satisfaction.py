"""How satisfied customers are, by how often their ticket was handed over and which way it took."""

import streamlit as st

from pages._kit import cards, view
from pages._kit.operations import ratings

st.title("Satisfaction")
st.markdown(
    "Good ratings by the way a ticket took. Only customers who answered are counted; few do, and not at random."
)
seen = view.current("paths")

ratings.needed(seen)
cards.kpis(seen, ratings.numbers_on_top, key="satisfied")
cards.show(seen, ratings.by_handoffs)
if ratings.has_paths(seen):
    cards.show(seen, ratings.by_path)
