"""Last quarter through the model, shown beside what was seen; and the effort at which the two would agree."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.charts import numbers, staffing as charts
from analytics.staffing.replay import FAR, NOT_MODELLED, Score, far_waits
from analytics.workforce.history import Replayed
from pages._kit import cards, controls
from pages._kit.planning import shared, team
from pages._kit.planning.sliders import Panel
from pages._kit.problems import told
from pages._kit.text import plain
from pages._kit.view import View

_MEASURES = {
    "wait_p90_hours": "Nine of ten waits",
    "wait_p50_hours": "Median wait",
    "backlog": "Open visits",
    "sla_share": "Visits in time",
}
_UNITS = {
    "wait_p90_hours": "Working hours", "wait_p50_hours": "Working hours", "backlog": "Visits open at the week's end",
    "sla_share": "Share of visits that ended in time",
}  # fmt: skip


def section(seen: View, panel: Panel) -> None:
    """The replay under its heading; while it runs, a line that says so."""
    st.markdown("### Does the model know your team?")
    st.caption(
        "What came last quarter and who was there go through the same model; what it says is held against what was seen. "
        "Opening backlog and people are those of the time, each team of a tier works for itself; the occupancy cap, a rule for "
        "planning, is left out. The model's people start as soon as they are free."
    )
    with told("replay"):
        if team.replay_of(seen.dataset) is None:
            _wait(seen)
        else:
            _replayed(seen, panel)


@st.fragment(run_every=0.7)
def _wait(seen: View) -> None:
    if team.replaying(seen.dataset).done():
        st.rerun()
    st.caption(":material/hourglass_top: Replaying last quarter; a few seconds.")


@st.fragment
def _replayed(seen: View, panel: Panel) -> None:
    """Problems are told inside of the fragment: what is around it does not run again with it."""
    with told("replayed"):
        _shown(seen, panel)


def _shown(seen: View, panel: Panel) -> None:
    replayed = team.replay_of(seen.dataset)
    if replayed is None or replayed.score is None:
        st.info(
            plain(f"Last quarter cannot be replayed. {replayed.reason if replayed else ''}"), icon=":material/info:"
        )
        return
    _verdict(replayed.score)
    st.markdown(plain(f"{replayed.score.sentence} People from {replayed.people_from}."))
    there = [name for name in _MEASURES if name in set(replayed.score.weeks["measure"])]
    measure = controls.choice("Compare", {name: _MEASURES[name] for name in there}, key="replay")
    rows = replayed.score.weeks[replayed.score.weeks["measure"] == measure]
    tiers = list(dict.fromkeys(rows["tier"]))
    for place, tier in zip(st.columns(max(1, len(tiers))), tiers, strict=False):
        with place:
            _card(seen, rows[rows["tier"] == tier], tier, measure)
    _scores(replayed)
    _calibrated(replayed, panel)


def _verdict(score: Score) -> None:
    """Whether the model's waits can be planned with, before anything else is said of them."""
    far = far_waits(score.tiers.to_dict("records"))
    if not far:
        st.info(
            f"The model's waits are near those seen in every tier: within a factor of {FAR:g}. Still not in it: {NOT_MODELLED}.",
            icon=":material/check:",
        )
        return
    told_of = "; ".join(f"{tier}: {words}" for tier, words in far.items())
    st.warning(
        plain(
            f"Do not plan with the model's waits of {', '.join(far)}: replayed, they are not those seen. In working hours, "
            f"{told_of}. Not in the model: {NOT_MODELLED}. The people to ask for rest on hours of work and deadlines, not on "
            "these waits; how near those come, open visits and visits in time say."
        ),
        icon=":material/warning:",
    )


def _card(seen: View, rows: pd.DataFrame, tier: str, measure: str) -> None:
    words = numbers.share if measure == "sla_share" else numbers.decimal
    model, saw = (words(rows[name].mean()) for name in ("simulated", "observed"))
    cards.chart_card(
        f"{tier}: the model says {model}, {saw} was seen", charts.replay(rows, tier, _UNITS[measure]),
        shared.answer(seen, rows, "weekly_service"), unit=f"{_MEASURES[measure]} by week; {_UNITS[measure].lower()}",
        alt=f"Two lines over {len(rows)} weeks.", metrics=("staffing.replay",),
        key=f"replay_{measure}_{tier}", place=f"replay_{tier}",
    )  # fmt: skip


def _scores(replayed: Replayed) -> None:
    """Error, bias and correlation by tier and measure."""
    assert replayed.score is not None
    tiers = replayed.score.tiers
    frame = tiers.assign(measure=tiers["measure"].map(_MEASURES), error=100 * tiers["error"], bias=100 * tiers["bias"])
    with st.expander("How well, by tier and measure"):
        st.dataframe(
            frame, hide_index=True, width="stretch",
            column_config={
                "tier": "Tier", "measure": "Measure", "weeks": "Weeks",
                "observed": st.column_config.NumberColumn("Seen, mean", format="%.2f"),
                "simulated": st.column_config.NumberColumn("Model, mean", format="%.2f"),
                "error": st.column_config.NumberColumn("Error", format="%.1f %%", help="Of the mean seen; points for shares."),
                "bias": st.column_config.NumberColumn("Bias", format="%+.1f %%", help="Above zero: the model says too much."),
                "correlation": st.column_config.NumberColumn("Moves alike", format="%.2f", help="Correlation over the weeks."),
            },
        )  # fmt: skip


def _calibrated(replayed: Replayed, panel: Panel) -> None:
    """The efforts at which waits and backlog would agree, with a button that tries them."""
    known, lines = panel.known, []
    for tier, effort in replayed.calibrated.items():
        used = known.effort_of(tier)
        lines.append(
            f"{tier}: {effort.minutes:.3g} minutes a visit ({effort.low:.3g}–{effort.high:.3g}) would agree best; in use are "
            f"{used.label}."
        )
    for line in [*lines, *replayed.failed.values()]:
        st.caption(plain(line))
    if replayed.calibrated and replayed.calibrated_score is not None:
        st.caption(plain(f"With those: {replayed.calibrated_score.sentence}"))
    if replayed.calibrated:
        st.caption(
            "Effort that a team tracks leaves out what it does not track: hand-overs, interruptions, waiting for each other. "
            "Where the model's waits are too short, the truth lies between the two."
        )
        changes = {f"tiers.{tier}.effort_minutes": effort.minutes for tier, effort in replayed.calibrated.items()}
        st.button(
            "Try these efforts in the sliders", on_click=lambda: panel.apply({**panel.changes(), **changes}),
            icon=":material/tune:",
        )  # fmt: skip
