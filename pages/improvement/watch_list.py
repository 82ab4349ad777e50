"""Open tickets that need somebody now, each with the reason."""

from functools import partial

import streamlit as st

from pages._kit import cached, cards, view
from pages._kit.operations import shared, watching

st.title("Watch list")
st.markdown(
    "Open tickets that need somebody now, each with the reason: likely to miss their target, handed over and not looked at, "
    "waiting for the customer with the target near, or coming back again and again."
)
seen = shared.whole_period(view.current("paths"))
st.caption("“Now” is the data's last event. The period does not matter here; the other filters do.")
targets = shared.targets_of(seen)
rules = watching.settings()
cards.sides(seen, partial(watching.tickets, targets=targets), partial(watching.show, rules=rules), watching.LOOKING)

if targets and "resolution" not in cached.capabilities(seen.dataset):
    st.subheader("How far can the probabilities be trusted?")
    cards.alone(seen, partial(watching.trusted, targets=targets), watching.ASKING)

st.caption(
    "For a cron job: `python -m analytics watch --dataset NAME --format csv`, or with `--webhook URL --webhook-form slack` "
    "to send it. Nothing is ever sent from this page."
)
