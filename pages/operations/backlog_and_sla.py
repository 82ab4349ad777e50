"""What is open now and at any hour, how old it is, which targets were kept, and what will be late."""

from functools import partial

import streamlit as st

from pages._kit import cached, cards, controls, operating, operating_backlog, operating_latency, view
from pages._kit.operating_latency import Choice
from pages._kit.text import plain

st.title("Backlog and SLA")
st.markdown("What is open at each tier, how long it has been there, and how many tickets keep their targets.")
seen = view.current("tiers", "paths")
missing = cached.capabilities(seen.dataset)

cards.show(seen, operating_backlog.by_day)
moment = controls.moment(seen)
cards.show(seen, partial(operating_backlog.at_moment, moment=moment))
if "acknowledgement" not in missing:
    cards.show(seen, partial(operating_latency.open_now, choice=Choice(30.0, "calendar")))

st.subheader("Targets")
known = operating.targets_of(seen)
if not known or "resolution" in missing:
    why = missing.get("resolution", "Its tickets have no priority, and targets go by priority.")
    st.info(plain(f"This dataset cannot tell which targets were kept. {why}"), icon=":material/info:")
    st.stop()
st.markdown("Usual targets until you change them. They count working hours of the tier that has the ticket.")
wanted = operating.edit_targets(known, key=f"sla_targets_{seen.dataset.name}")
operating.keep_targets(seen, known, wanted)

cards.show(seen, partial(operating_backlog.kept, targets=wanted))
cards.show(seen, partial(operating_backlog.risk, wanted=wanted), partial(operating_backlog.trust, wanted=wanted))
