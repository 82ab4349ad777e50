"""The sections of the forecast page beside the days ahead: hours, tiers, many series, spikes, plans."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from analytics.ahead import groups, plans, spikes
from analytics.charts import forecast as charts
from analytics.forecasting.plan import PlanScore
from pages._kit import cached, cards, controls, numbers, workspace
from pages._kit.cards import Card, Drill
from pages._kit.forecasting import cards as forecast_cards, shared
from pages._kit.text import plain
from pages._kit.view import View


def under_way(seen: View, horizon_days: int) -> None:
    """The day that has begun, where the data end in it."""
    told = shared.shown(seen, horizon_days)
    now = shared.today(told, seen)
    if now is None or told.unfinished is None:
        return
    clock = f"{int(told.unfinished.elapsed_hours)}:{int(told.unfinished.elapsed_hours % 1 * 60):02d}"
    words = (
        f"The data end on {told.unfinished.day:%A %-d %B} at {clock}. {now.so_far:,.0f} have come by then, where "
        f"{now.expected_by_now:,.0f} were to be expected: {now.mean:,.0f} for the whole day, {now.low80:,.0f} to "
        f"{now.high80:,.0f} in 80 of 100 such days. The day is not learnt from until it is whole."
    )
    st.info(plain(words), icon=":material/schedule:")


def days(seen: View, horizon_days: int) -> None:
    """By day: the forecast, what moves it, the race, how far ahead it holds."""
    cards.show(seen, partial(forecast_cards.days_ahead, horizon_days=horizon_days))
    effects = shared.effects(shared.shown(seen, horizon_days), seen.dataset)
    for row in effects.to_dict("records"):
        if abs(row["extra_tickets"]) >= 0.5:
            more = "more" if row["extra_tickets"] > 0 else "fewer"
            low, high = sorted((abs(row["extra_low"]), abs(row["extra_high"])))
            st.caption(plain(
                f"{row['event']} ({row['kind']}, {row['start']:%-d %b %Y}): about {abs(row['extra_tickets']):,.0f} {more} here "
                f"({low:,.0f} to {high:,.0f}). {row['sentence']}"
            ))  # fmt: skip
    cards.show(
        seen,
        partial(forecast_cards.race, horizon_days=horizon_days),
        partial(forecast_cards.weeks_ahead, horizon_days=horizon_days),
    )


def by_hour(seen: View, horizon_days: int) -> None:
    """By hour: the next seven days, and the mean week."""
    cards.show(seen, partial(forecast_cards.hour_by_hour, horizon_days=horizon_days))
    cards.show(seen, partial(forecast_cards.week_by_hour, horizon_days=horizon_days))


# ------------------------------------------------------------------------------------------------------------ tiers


def by_tier(seen: View, horizon_days: int) -> None:
    """Tiers that add up, beside each tier forecast by itself."""
    workspace.needs(seen.dataset, "tiers", "paths")
    told = shared.tier_forecast(seen, horizon_days)
    if told is None:
        key = shared.tiers_key(seen, horizon_days)
        if shared.running(key):
            shared.wait_for(key, "Tickets that enter are forecast and followed through the tiers.", may_cancel=True)
        return
    sums = told.points.groupby("tier")["mean"].sum()
    parts = ", ".join(f"{numbers.count(visits)} to {tier}" for tier, visits in sums.items())
    cards.chart_card(
        f"{numbers.count(told.total['mean'].sum())} visits in the next {horizon_days // 7} weeks: {parts}",
        charts.tiers(told.points, told.direct),
        shared.answer(seen, told.points),
        unit="Visits per tier and day. Lines with 80 % bands: the tiers that add up; crosses: each tier forecast by itself",
        alt=f"Lines for {len(sums)} tiers over {horizon_days} days.",
        note=" ".join(words for words in (_followed_words(told.routing), _leaning_words(told.scores)) if words),
        metrics=("forecast.tiers",),
        key="tiers",
    )
    _compared(seen, told.scores)


def _followed_words(routing: pd.DataFrame) -> str:
    on = [
        f"{numbers.share(row['share'])} of {row['tier']} go on to {row['next']}"
        for row in routing.to_dict("records")
        if row["next"] != "ended here" and row["share"] >= 0.01
    ]
    return f"By the visits of the last half year {', '.join(on)}, after the delays seen since." if on else ""


def _leaning_words(scores: pd.DataFrame) -> str:
    """Which tiers are moved towards their own forecast, and how far."""
    moved = [
        f"{row['tier']} by {numbers.share(row['direct_part'])}"
        for row in scores.to_dict("records")
        if row["direct_part"] >= 0.05
    ]
    return f"Towards its own forecast, as that was close in the past, leans {', '.join(moved)}." if moved else ""


def _compared(seen: View, scores: pd.DataFrame) -> None:
    """Which way would have been closer, tier by tier, in the backtest."""
    with st.container(border=True, key="card_tiers_compared"):
        st.markdown("#### Through the routing, or each tier by itself?")
        if scores.empty:
            st.caption("The history is too short to try both ways on it.")
            return
        st.caption(
            "Error of both ways on the last months of your own past, with the 8-week mean as the model of both. Through the "
            "routing a launch reaches the tiers when its tickets do; the forecast above leans on whichever way was closer, and "
            "its tiers add up all the same."
        )
        shares = {
            "coherent_wape": st.column_config.NumberColumn("Through the routing: error", format="percent"),
            "direct_wape": st.column_config.NumberColumn("By itself: error", format="percent"),
            "together_wape": st.column_config.NumberColumn("Leaning on the closer: error", format="percent"),
            "direct_part": st.column_config.NumberColumn("Part of its own forecast", format="percent"),
        }
        words = scores.assign(better=scores["better"].map({"coherent": "through the routing", "direct": "by itself"}))
        st.dataframe(
            words, hide_index=True, width="stretch", column_config={"tier": "Tier", "better": "Closer was", **shares}
        )


# ------------------------------------------------------------------------------------------------------ many series


def split(seen: View, horizon_days: int) -> None:
    """Many forecasts at once, begun by a button, with progress and a way to cancel."""
    choices = _split_choices(seen)
    if not choices:
        st.info("These tickets have no tier, product or other attribute to split by.", icon=":material/info:")
        return
    dimensions = tuple(controls.choice("Split by", choices, key="split").split("+"))
    warehouse = cached.warehouse(seen.dataset)
    group = groups.split(warehouse, seen.filters, dimensions)
    found = groups.kept_group(warehouse, group.selections, horizon_days)
    key = shared.group_key(seen, horizon_days, dimensions)
    job = shared.running(key)
    if job is not None and not job.future.done():
        shared.wait_for(key, "Every series has its own race.", may_cancel=True)
    elif job is not None:
        found = shared.result_of(job) or found
    elif len(found) < len(group.selections):
        st.caption(f"{len(found)} of {len(group.selections)} series are forecast. A race takes some two seconds each.")
        if st.button(f"Forecast {len(group.selections) - len(found)} series", type="primary", key="run_split"):
            shared.start_group(seen, horizon_days, dimensions)
            st.rerun()
    if found:
        _split_card(seen, horizon_days, key, found, group)


def _split_choices(seen: View) -> dict[str, str]:
    """Ways to split that make more than one series: by tier and product first."""
    there = {
        name: len(values) for name, values in cached.about(seen.dataset)["values"].items() if name in groups.FIELDS
    }
    singles = [name for name in groups.FIELDS if there.get(name, 0) > 1]
    pairs = [f"tier+{name}" for name in singles if name not in ("tier", "team", "category") and "tier" in singles]
    words = {name: name.capitalize() for name in singles} | {pair: f"Tier × {pair[5:]}" for pair in pairs}
    return {name: words[name] for name in [*pairs[:1], *singles, *pairs[1:]]}


def _split_card(seen: View, horizon_days: int, key: tuple, found: dict, group: groups.Group) -> None:
    table = shared.group_table(key, tuple(found), seen, found, group.selections)
    moved = table.dropna(subset=["change"])
    most = moved.loc[moved["change"].abs().idxmax()] if len(moved) else None
    words = f", {most['series']} {numbers.change(most['change'])} the most" if most is not None else ""
    left = f" The {group.left_out} smallest are left out." if group.left_out else ""
    cards.chart_card(
        f"{len(table)} series ahead{words}",
        charts.split(table),
        shared.answer(seen, table),
        unit=f"Totals of {horizon_days} days: forecast with 80 % interval, and what came in as many days before",
        alt=f"Points with intervals for {len(table)} series.",
        note="Totals of tickets split by tier are visits: a ticket that two tiers had counts in both." + left,
        metrics=("forecast.total", "forecast.wape", "forecast.noise_floor"),
        key="split",
    )


# ------------------------------------------------------------------------------------------------------------ spikes


def spikes_found(seen: View, horizon_days: int) -> None:
    """What is out of the ordinary in the last two weeks, with what made it and the tickets behind."""
    told = shared.spikes_now(seen)
    if not told.stories:
        st.success("Nothing out of the ordinary in the last two weeks.", icon=":material/check:")
    for number, story in enumerate(told.stories):
        _story(seen, story, number)
    st.caption(plain(told.words))


def _story(seen: View, story: spikes.Story, number: int) -> None:
    around, unit = shared.story_days(seen, story)
    warehouse = cached.warehouse(seen.dataset)
    lists = {"All of them": partial(spikes.tickets_behind, warehouse, story)} | {
        ", ".join(cell["cell"].values()): partial(spikes.tickets_behind, warehouse, story, cell) for cell in story.cells
    }
    also = f" Also seen in {', '.join(story.also[:6])}." if story.also else ""
    cards.chart_card(
        story.what,
        charts.watched(around, [(pd.Timestamp(story.day), story.count)], unit),
        shared.answer(seen, around),
        unit=f"{charts.sentence(unit)}, the last four weeks, and what was forecast before them",
        alt="A line of counts, a forecast with bands, and a triangle where the alarm is.",
        note=story.why + also,
        metrics=("forecast.spikes",),
        tickets=Drill(lists, seen.zone),
        key=f"spike_{number}",
    )


# ------------------------------------------------------------------------------------------------------------- plans


def plans_kept(seen: View, horizon_days: int) -> None:
    """Lock what is shown as a plan; all plans with their scores so far."""
    _lock(seen, horizon_days)
    locked, table = shared.plan_scores(seen.dataset)
    if not locked:
        st.caption("No plan is locked yet. A locked plan is never changed, and is scored against what comes.")
        return
    names = {one.plan.name: one for one in locked}
    chosen = names[str(st.selectbox("Plan", list(names), key="plan"))]
    row = table.set_index("name").loc[chosen.plan.name]
    _plan_card(seen, chosen, row)
    columns = ["name", "selection", "first_day", "last_day", "days_scored", "days_to_come", "planned", "came", "wape",
               "expected_wape", "bias", "coverage80"]  # fmt: skip
    _plan_table(table[columns])
    if st.button("Delete this plan", key="delete_plan", icon=":material/delete:"):
        _delete(seen, chosen.plan.name)


def _plan_table(table: pd.DataFrame) -> None:
    shares = {
        name: st.column_config.NumberColumn(words, format="percent")
        for name, words in {
            "wape": "Error",
            "expected_wape": "Expected",
            "bias": "Bias",
            "coverage80": "Band held",
        }.items()
    }
    dates = {
        name: st.column_config.DateColumn(words, format="YYYY-MM-DD")
        for name, words in {"first_day": "From", "last_day": "To"}.items()
    }
    counts = {
        name: st.column_config.NumberColumn(words, format="%.0f")
        for name, words in {"planned": "Planned so far", "came": "Came"}.items()
    }
    words = {"name": "Plan", "selection": "Selection", "days_scored": "Days scored", "days_to_come": "To come"}
    st.dataframe(table, hide_index=True, width="stretch", column_config={**words, **shares, **dates, **counts})


def _lock(seen: View, horizon_days: int) -> None:
    told = shared.shown(seen, horizon_days)
    with st.form("lock_plan", border=True):
        name = st.text_input(
            f"Lock this forecast ({horizon_days // 7} weeks, {plain(told.filters.sentence())}) as a plan named",
            max_chars=plans.LONGEST_NAME, key="plan_name", placeholder="e.g. Budget Q1",
        )  # fmt: skip
        if st.form_submit_button("Lock as plan", type="primary", icon=":material/lock:"):
            if told.state != shared.RACED:
                st.warning("The race is still on. Lock the plan when it has ended.")
                return
            plans.lock(cached.warehouse(seen.dataset), name, horizon_days, told.filters, told.forecast)
            st.success(plain(f"The plan '{name.strip()}' is locked."), icon=":material/lock:")


def _plan_card(seen: View, locked: plans.LockedPlan, row: pd.Series) -> None:
    days_of = _plan_days(seen, locked)
    cards.draw(
        Card(
            f"{locked.plan.name}: {row['words']}",
            charts.plan(days_of, locked.plan.unit),
            shared.answer(seen, days_of),
            unit=f"{charts.sentence(locked.plan.unit)}, as locked on {locked.locked_at:%-d %b %Y}, and what came",
            alt="A plan with two bands, and what came so far.",
            note=f"For {locked.plan.series}. Made from data until {locked.plan.data_end:%-d %b %Y}.",
            metrics=("forecast.plan", "forecast.wape", "forecast.bias", "forecast.coverage"),
            key="plan_card",
        )
    )


def _plan_days(seen: View, locked: plans.LockedPlan) -> pd.DataFrame:
    score: PlanScore | None = plans.score_or_none(cached.warehouse(seen.dataset), locked)
    return score.days if score is not None else locked.plan.points.assign(count=float("nan"))


@st.dialog("Delete a plan")
def _delete(seen: View, name: str) -> None:
    """Asks before a plan is deleted."""
    st.markdown(f"The plan **{plain(name)}** and its score are deleted. It cannot be undone.")
    if st.button("Delete", type="primary", key="delete_plan_sure"):
        plans.delete(seen.dataset, name)
        st.rerun()
