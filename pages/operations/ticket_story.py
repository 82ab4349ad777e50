"""One ticket, from its first event to its last: where it was, who had it, how long it waited."""

import streamlit as st

from analytics.charts import operations
from pages._kit import cached, cards, tables, view
from pages._kit.operations import shared
from pages._kit.text import plain

st.title("A ticket's story")
seen = view.current()
st.markdown("Where a ticket was, who had it, and how long it waited. Filters do not matter here.")
wanted = st.text_input("Ticket", key="ticket", bind="query-params", placeholder="Its number").strip()
if not wanted:
    some = seen.frame("ticket_list", reason="bounced", most=3)
    some = some if len(some) else seen.frame("ticket_list", most=3)
    st.info(f"Type a ticket's number, for example {plain(' or '.join(some['ticket_id']))}.", icon=":material/search:")
    st.stop()

visits, events = shared.ticket(seen, wanted)
if visits.frame.empty:
    st.info("This ticket is left out of all counts: merged, spam or a test.", icon=":material/info:")
else:
    waits = "acknowledgement" not in cached.capabilities(seen.dataset)
    spans = operations.story_spans(visits.frame, waits=waits)
    cards.chart_card(
        operations.story_title(wanted, visits.frame, waits=waits),
        operations.story(spans, events.frame),
        visits,
        unit=f"A bar per stop in {seen.zone} time; "
        + ("hatched until somebody picked it up" if waits else "this dataset cannot tell when it was picked up"),
        alt=f"{len(visits.frame)} stops on a time line, one line per team, coloured by tier.",
        metrics=("story.visits", "story.waiting"),
        key="story",
    )
    st.subheader("Stops")
    rows = shared.stops(visits.frame, waits=waits)
    tables.show(rows, key="visits", file=f"tierscope_{wanted}_stops.csv", sentence=visits.sentence)

st.subheader("Events")
rows = shared.happened(events.frame)
tables.show(rows, key="events", file=f"tierscope_{wanted}_events.csv", sentence=events.sentence)
notes = events.frame.dropna(subset=["note"])
if len(notes):
    st.subheader("Notes")
for row in notes.to_dict("records"):
    with st.container(border=True):
        who = [part for part in (row["tier"], row["team"], row["agent"], row["kind"]) if isinstance(part, str)]
        st.caption(plain(f"{row['at']:%-d %b %Y %H:%M} · {' · '.join(who)}"))
        st.text(row["note"])
