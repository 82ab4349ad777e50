"""What is open now and at any hour, how old it is, which targets were kept, and what will be late."""

from functools import partial

import streamlit as st

from pages._kit import cached, cards, controls, view
from pages._kit.operations import backlog, latency, shared
from pages._kit.operations.latency import Choice
from pages._kit.text import plain

st.title("Backlog and SLA")
st.markdown("What is open at each tier, how long it has been there, and how many tickets keep their targets.")
seen = view.current("tiers", "paths")
missing = cached.capabilities(seen.dataset)

cards.show(seen, backlog.by_day)
moment = controls.moment(seen)
cards.show(seen, partial(backlog.at_moment, moment=moment))
if "acknowledgement" not in missing:
    cards.show(seen, partial(latency.open_now, choice=Choice(30.0, "calendar")))

st.subheader("Targets")
known = shared.targets_of(seen)
if not known or "resolution" in missing:
    why = missing.get("resolution", "Its tickets have no priority, and targets go by priority.")
    st.info(plain(f"This dataset cannot tell which targets were kept. {why}"), icon=":material/info:")
    st.stop()
st.markdown("Usual targets until you change them. They count working hours of the tier that has the ticket.")
wanted = shared.edit_targets(known, key=f"sla_targets_{seen.dataset.name}")
shared.keep_targets(seen, known, wanted)

cards.show(seen, partial(backlog.kept, targets=wanted))
whole = shared.whole_period(seen)
cards.behind(whole, backlog.LEARNING, partial(backlog.risk, wanted=wanted), partial(backlog.trust, wanted=wanted))
