"""The state of support at a glance: volume, who resolves, what climbs, what waits, and what stands out."""

import streamlit as st

from analytics.charts import tiers, titles, volume
from pages._kit import cached, cards, highlights, kpis, menu, view
from pages._kit.text import plain

st.title("Overview")
seen = view.current()
missing = cached.capabilities(seen.dataset)
st.markdown(plain(seen.sentence))

windows = kpis.compared(seen)
cards.kpi_row(kpis.overview(seen, windows), key="overview", words=windows.words if windows else "")

told = highlights.found(seen)
if told:
    with st.container(border=True, key="highlights"):
        st.markdown("#### What stands out")
        for item in told:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(plain(item.sentence), width="stretch")
                if item.page:
                    menu.link(item.page, "Look closer")

days = seen.ask("volume_by_day")
weeks = volume.by_week(days.frame)
cards.chart_card(
    titles.volume(weeks),
    volume.volume_by_week(weeks),
    days,
    frame=weeks,
    unit="Tickets created per week, Monday to Sunday",
    alt=f"Bars for {len(weeks)} weeks.",
    metrics=("volume.tickets_per_week", "dataset.tickets"),
    tickets=cards.drill(seen, "ticket_list", {"Latest tickets": {"reason": "all"}, "Open now": {"reason": "open"}}),
    key="volume",
)

if "tiers" in missing:
    st.info(plain(f"Tiers are not shown: {missing['tiers']}"), icon=":material/info:")
    st.stop()

now, mix = seen.ask("tiers"), seen.ask("tier_mix_over_time", grain="month")
left, right = st.columns(2)
with left:
    cards.chart_card(
        titles.tier_distribution(now.frame),
        tiers.tier_distribution(now.frame),
        now,
        unit="Share of resolved tickets by tier, and their number; the marks show 80/18/2, a rule of thumb",
        alt="One bar per tier.",
        metrics=("tiers.share_resolved",),
        tickets=cards.drill(
            seen, "ticket_list", {f"Resolved in L{n}": {"reason": "resolved_in", "tier": n} for n in (1, 2, 3)}
        ),
        key="tier_distribution",
    )
with right:
    cards.chart_card(
        titles.mix_over_time(mix.frame),
        tiers.tier_mix_over_time(mix.frame),
        mix,
        unit="Share of resolved tickets by month of creation",
        alt="One line per tier.",
        metrics=("tiers.mix_over_time",),
        key="mix_over_time",
    )
