"""What the staffing pages know of a dataset: its plan, the model's inputs, the replay, and simulations, each kept once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING

import streamlit as st

from analytics.forecasting.result import Forecast
from analytics.model import Filters
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.plan import Plan, read_plan, write_plan
from analytics.warehouse.store import Dataset
from analytics.workforce import history, inputs as staffing_inputs, scenario_store
from analytics.workforce.history import Replayed
from pages._kit import cached, view, workspace
from pages._kit.planning import shared
from pages._kit.view import View

if TYPE_CHECKING:
    from analytics.staffing.simulate import SimulationResult

WEEKS = 13
HORIZON_DAYS = WEEKS * 7
STEP, ALL = 20, 100
"""Replications of the simulation: shown after the first step, and in the end."""
_REST_SECONDS = 0.25


def everything() -> View:
    """All tickets of the dataset in view. The sidebar's filters do not apply to a tier's people, so that one which matches
    nothing does not stop these pages either. Errors: the family's, where the dataset has no tiers or holds no tickets."""
    dataset = workspace.current()
    workspace.needs(dataset, "tiers", "paths")
    return view.check(View(dataset, Filters()))


@st.cache_resource(show_spinner=False)
def warm_up() -> Thread:
    """Loads the compiled simulation in the background, once per server: the first slider should not wait for it."""
    started = Thread(target=_loaded, name="simulation-warm-up", daemon=True)
    started.start()
    return started


def _loaded() -> None:
    from analytics.staffing import simulate

    simulate.warm_up()


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    """Replays and simulations, two at a time: both are compiled and let go of the interpreter."""
    return ThreadPoolExecutor(2, thread_name_prefix="simulation")


@st.cache_resource(max_entries=32, show_spinner=False)
def _usual(dataset_key: str, targets: float, _dataset: Dataset) -> Plan:
    return staffing_inputs.plan_for(cached.warehouse(_dataset))


def usual_plan(dataset: Dataset) -> Plan:
    """The plan where nobody has made one: the dataset's working hours and targets."""
    file = dataset.folder / "targets.toml"
    return _usual(dataset.key, file.stat().st_mtime if file.exists() else 0.0, dataset)


def base_plan(dataset: Dataset) -> Plan:
    """The plan that the sliders start from: this session's file, else the one kept with the dataset, else the usual one."""
    text = st.session_state.get(f"plan_file:{dataset.name}")
    if text is not None:
        return read_plan(text)
    kept = scenario_store.load(dataset.folder)
    return usual_plan(dataset) if kept.plan is None else kept.plan


def set_base_plan(dataset: Dataset, text: str | None) -> None:
    """Makes a plan's text the base of this session; None goes back to the kept or the usual one."""
    st.session_state[f"plan_file:{dataset.name}"] = text


@st.cache_resource(max_entries=16, show_spinner="Reading the last half year")
def _inputs(known_by: str, raced: bool, plan_text: str, _dataset: Dataset, _forecast: Forecast) -> StaffingInputs:
    plan = read_plan(plan_text)
    return staffing_inputs.staffing_inputs(cached.warehouse(_dataset), plan, HORIZON_DAYS, forecast=_forecast)


def inputs(dataset: Dataset) -> tuple[StaffingInputs, bool]:
    """What the model knows: on the raced forecast where that is there, with the replay's score where that has ended."""
    warm_up()
    forecasted, raced = shared.forecast(dataset, Filters(), HORIZON_DAYS)
    known = _inputs(shared.known_by(dataset), raced, write_plan(base_plan(dataset)), dataset, forecasted)
    told = replay_of(dataset)
    return (known if told is None else history.with_replay(known, told)), raced


@st.cache_resource(max_entries=16, show_spinner=False)
def _replay(dataset_key: str, plan_text: str, _dataset: Dataset) -> Future[Replayed]:
    return _pool().submit(history.replayed, cached.warehouse(_dataset), read_plan(plan_text))


def replaying(dataset: Dataset) -> Future[Replayed]:
    """Last quarter through the model, in the background."""
    return _replay(dataset.key, write_plan(base_plan(dataset)), dataset)


def replay_of(dataset: Dataset) -> Replayed | None:
    """The replay where it has ended; None while it runs."""
    future = replaying(dataset)
    return future.result() if future.done() else None


@st.cache_resource(max_entries=60, show_spinner=False)
def _simulation(
    inputs_key: str,
    plan_text: str,
    heads: tuple[tuple[str, float], ...],
    first: int,
    _known: StaffingInputs,
    _plan: Plan,
) -> Future[SimulationResult]:
    from analytics.staffing.simulate import simulate

    return _pool().submit(simulate, _plan, _known, replications=STEP, first=first, headcount=dict(heads), threads=1)


def simulated(
    inputs_key: str, known: StaffingInputs, plan: Plan, plan_text: str, heads: dict[str, float]
) -> Iterator[SimulationResult]:
    """The simulation of a plan's team: the first 20 replications, then all 100, with draws that all plans share.

    In steps, so that a slider that moves meanwhile leaves little work behind. `plan_text` is the plan as it is kept under: to
    write it takes as long as a chart. Errors of the model are the caller's.
    """
    from analytics.staffing.simulate import merged

    key = (inputs_key, plan_text, tuple(sorted(heads.items())))
    parts = [_wait(_simulation(*key, 0, known, plan))]
    yield parts[0]
    later = [_simulation(*key, first, known, plan) for first in range(STEP, ALL, STEP)]
    yield merged(*parts, *(_wait(part) for part in later))


def rest() -> None:
    """Waits until the slider rests: while it moves, and while a browser draws the answer, nobody needs a simulation."""
    for _ in range(10):
        sleep(_REST_SECONDS / 10)
        st.session_state.get("plan_waits")


def _wait(future: Future[SimulationResult]) -> SimulationResult:
    """The result, once it is there. Looking at the session is where Streamlit ends a run whose slider has moved on."""
    while not future.done():
        wait([future], timeout=0.03)
        st.session_state.get("plan_waits")
    return future.result()


def inputs_key(dataset: Dataset, raced: bool, plan_text: str) -> str:
    """What `inputs` depends on; `plan_text` is the base plan's."""
    return f"{shared.known_by(dataset)}|{raced}|{replay_of(dataset) is not None}|{plan_text}"
