"""The state of support at a glance: what needs attention, volume, who resolves, what climbs, what waits."""

from functools import partial

import streamlit as st

from analytics.charts import titles, volume
from pages._kit import cached, cards, kpis, view
from pages._kit.cards import Card
from pages._kit.operations import attention, mix
from pages._kit.text import plain
from pages._kit.view import View

st.title("Overview")
seen = view.current()
missing = cached.capabilities(seen.dataset)
st.markdown(plain(seen.sentence))


def numbers_on_top(seen: View) -> list[cards.Kpi]:
    return kpis.overview(seen, kpis.compared(seen))


def weekly(seen: View) -> Card:
    days = seen.ask("volume_by_day")
    weeks = volume.by_week(days.frame)
    lists = {"Latest tickets": {"reason": "all"}, "Open now": {"reason": "open"}}
    return Card(
        titles.volume(weeks),
        volume.volume_by_week(weeks),
        days,
        frame=weeks,
        unit="Tickets created per week, Monday to Sunday",
        alt=f"Bars for {len(weeks)} weeks.",
        metrics=("volume.tickets_per_week", "dataset.tickets"),
        tickets=cards.drill(seen, "ticket_list", lists),
        key="volume",
    )


cards.kpis(seen, numbers_on_top, key="overview", words=kpis.compared_words)

slot = st.container()
cards.show(seen, weekly)
if "tiers" in missing:
    st.info(plain(f"Tiers are not shown: {missing['tiers']}"), icon=":material/info:")
else:
    cards.show(seen, mix.now, partial(mix.over_time, grain="month"))
attention.draw(slot, seen)
