"""How many people each tier needs, how sure that is, and what happens when one thing changes."""

import pandas as pd
import streamlit as st

from analytics.charts import numbers
from analytics.charts import planning as charts
from analytics.model import Filters
from analytics.staffing.recommend import recommend
from pages._kit import cards, planning, view
from pages._kit.text import plain
from pages._kit.view import View

WEEKS = 13

st.title("Staffing")
st.markdown(
    f"People per tier for the next {WEEKS} weeks. Tickets that one tier passes on are work for the next: "
    "move one arrow, and every tier moves. The filters of the sidebar do not apply here: a tier works for all tickets."
)
seen = View(view.current("tiers", "paths").dataset, Filters())
known, raced = planning.inputs(seen.dataset, WEEKS * 7)
if not raced:
    planning.wait_for_race(seen.dataset, Filters(), WEEKS * 7)


def draw(plan) -> None:
    """Everything that follows from the sliders."""
    told = recommend(known, plan)
    table = pd.DataFrame(told.to_json()["tiers"])
    cards.kpi_row(
        [
            cards.Kpi(
                f"{tier.tier}: people needed", f"{tier.headcount}", "staffing.headcount",
                f"{tier.headcount_low}–{tier.headcount_high}; now {numbers.decimal(tier.headcount_now)} "
                f"· deadlines kept {tier.p_sla:.0%}",
                change=planning.gap_words(tier.gap),
                better="down",
            )
            for tier in told.tiers
        ],
        key="staffing",
    )  # fmt: skip
    left, right = st.columns(2)
    with left:
        cards.chart_card(
            planning.headcount_words(told), charts.heads(table), planning.answer(seen, table, "routing"),
            unit=f"People; now: {known.headcount_source}", alt="Bars of people now and needed by tier.",
            note=" ".join(f"{t.tier}: {t.binding_window} binds; {t.regime_sentence}" for t in told.tiers),
            metrics=("staffing.headcount", "staffing.effort"), key="heads",
        )  # fmt: skip
    with right:
        mix = pd.DataFrame(told.to_json()["mix"]["tiers"])
        cards.chart_card(
            "What the flow implies, beside the rules of thumb", charts.mixes(mix), planning.answer(seen, mix, "routing"),
            unit="Share by tier of people, work and resolved tickets", alt="Three stacked bars.",
            note=told.mix.sentence, metrics=("staffing.mix",), key="mixes",
        )  # fmt: skip
    _loads(told)
    for note in told.notes:
        st.caption(plain(note))


def _loads(told) -> None:
    """A card per tier: the work that comes against what people can do."""
    for place, tier in zip(st.columns(len(told.tiers)), told.tiers, strict=True):
        weeks = told.weeks[told.weeks["tier"] == tier.tier]
        with place:
            cards.chart_card(
                f"{tier.tier}: {tier.work_hours_per_week:.0f} hours of work a week, {tier.occupancy:.0%} busy",
                charts.load(weeks, tier.tier), planning.answer(seen, weeks, "visits_by_day"),
                unit=f"Hours per week; effort from {tier.effort_source}", alt=f"Work and capacity over {len(weeks)} weeks.",
                metrics=("staffing.load", "staffing.effort"), key=f"load_{tier.tier}",
            )  # fmt: skip


planning.sliders(seen.dataset, known, draw)
