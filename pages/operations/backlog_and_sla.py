"""What is open, how old it is, what waits to be picked up, and which targets were kept."""

import streamlit as st

from analytics.charts import operations
from pages._kit import cached, cards, operating, tables, view

st.title("Backlog and SLA")
st.markdown("What is open at each tier, how long it has been there, and how many tickets keep their targets.")
seen = view.current("tiers", "paths")
now = operating.whole_period(seen)

days = seen.ask("backlog_by_day")
cards.chart_card(
    operations.backlog_title(days.frame),
    operations.backlog(days.frame),
    days,
    unit=f"Open tickets at the end of each day ({seen.zone}) by the tier that holds them: each day faint, the 7-day mean bold",
    alt=f"A line per tier over {days.frame['day'].nunique()} days.",
    note="A period cuts the days that are shown; it does not leave out tickets that came in before it.",
    metrics=("backlog.open",),
    tickets=cards.drill(now, "ticket_list", {"Open now": {"reason": "open"}}),
    key="backlog",
)

open_now = now.ask("backlog_now")
if len(open_now.frame):
    aged = operations.ages(open_now.frame)
    cards.chart_card(
        operations.ages_title(open_now.frame),
        operations.backlog_ages(aged),
        open_now,
        frame=aged,
        unit="Open tickets at the data's end by working days (of 8 hours) in the tier that holds them",
        alt="Bars by age, side by side for the tiers.",
        metrics=("backlog.age",),
        tickets=cards.drill(now, "ticket_list", {"Open now": {"reason": "open"}}),
        key="ages",
    )

if "acknowledgement" not in cached.capabilities(seen.dataset):
    waiting = tables.in_zone(now.frame("handoff_list", reason="waiting"), seen.zone)
    with st.container(border=True):
        st.markdown(f"#### {operating.waiting_words(waiting)}")
        st.caption(
            "Handed to another tier, and nobody there works on it yet; hours of calendar time, the longest first."
        )
        tables.show(waiting, key="waiting", file="tierscope_waiting_now.csv", sentence=now.sentence)

st.subheader("Targets")
usual = operating.targets_of(seen)
if not usual or "resolution" in cached.capabilities(seen.dataset):
    why = cached.capabilities(seen.dataset).get(
        "resolution", "Its tickets have no priority, and targets go by priority."
    )
    st.info(f"This dataset cannot tell which targets were kept. {why}", icon=":material/info:")
    st.stop()
st.markdown("Usual targets until you change them. They count working hours of the tier that has the ticket.")
targets = operating.edit_targets(usual, key=f"sla_targets_{seen.dataset.name}")
operating.keep_targets(seen, usual, targets)
kept = seen.ask("sla", targets=targets)
cards.chart_card(
    operations.sla_title(kept.frame),
    operations.sla(kept.frame, list(targets)),
    kept,
    unit="Share of due tickets in time, by latest priority; hollow where fewer than 30 were due",
    alt="Two marks per priority: answered in time, resolved in time.",
    metrics=("sla.answered", "sla.resolved"),
    tickets=cards.drill(seen, "ticket_list", operating.by_priority(targets)),
    key="sla",
)
