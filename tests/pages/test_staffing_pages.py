"""Staffing, scenarios and shifts through the pages: what moves when a slider does, what is kept, what is refused."""

from __future__ import annotations

import json
import re
from datetime import date

import pandas as pd
import pytest

from analytics import outlook
from analytics.ahead import kept
from analytics.charts import drawing
from analytics.sample import ensure_sample
from analytics.staffing.plan import read_plan
from analytics.staffing.recommend import recommend
from analytics.staffing.scenarios import Scenario, ScenarioFile
from analytics.warehouse.questions import history
from analytics.warehouse.store import Home, open_dataset
from analytics.workforce import scenario_store
from pages._kit.planning import scenarios as planning_scenarios, shared, team
from tests.pages.conftest import charts, texts

STAFFING, SCENARIOS, SHIFTS = (f"pages/planning/{name}.py" for name in ("staffing", "scenarios", "shifts"))


@pytest.fixture(scope="module")
def sample_home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("staffing_home")
    ensure_sample(Home(folder))
    return folder


@pytest.fixture
def on_sample(sample_home, monkeypatch, visit):
    """Opens a page on the shipped sample, on the 8-week mean: the race of models is not what is tested here."""

    def quick(dataset, filters, days):
        from pages._kit import cached

        return outlook.forecast_dataset(cached.warehouse(dataset), days, filters, quick=True), True

    monkeypatch.setattr(shared, "forecast", quick)
    monkeypatch.setenv("TIERSCOPE_HOME", str(sample_home))
    scenarios = Home(sample_home).get("sample").folder / scenario_store.FILE
    scenarios.unlink(missing_ok=True)
    return lambda page, **address: visit(page, dataset="sample", **address)


def people(app) -> dict[str, int]:
    """People to ask for by tier, as the number cards say."""
    return {card.label[:2]: int(card.value) for card in app.metric if card.label.endswith("people to ask for")}


def drawn(app) -> dict:
    """The sliders that are drawn, by their labels, however Markdown escapes them."""
    return {s.label.replace("\\", "").replace("\u00a0", " "): s for s in app.slider}


GROUPS = (
    "People", "How much comes", "Phone and chat", "Work per visit", "Cost", "Time for tickets", "Targets and certainty",
    "New hires",
)  # fmt: skip


def turn(app, opened: bool) -> None:
    """Opens or closes all groups of sliders."""
    for name in GROUPS:
        app.session_state[f"plan:sample:open|{name}"] = opened
    app.run()


def slider(app, label: str):
    """A slider by its label; the groups are opened where it is in one of them."""
    if label not in drawn(app):
        turn(app, opened=True)
    return drawn(app)[label]


def test_one_arrow_moves_the_tiers_behind_it(on_sample):
    app = on_sample(STAFFING)
    assert not app.exception
    before = people(app)
    assert set(before) == {"L1", "L2", "L3"}
    slider(app, "L1 escalates to L2, %").set_value(50).run()
    after = people(app)
    assert after["L2"] > before["L2"]
    assert after["L3"] > before["L3"]
    assert "Changed: L1 to L2 50 %" in texts(app)


def test_every_slider_moves_the_answer_its_way(on_sample):
    """Twice the work, half the time, less people at work: more people. Solved by tier 0: fewer in the front line."""
    app = on_sample(STAFFING)
    base = people(app)
    for label, value, tier in (
        ("Arrivals, % of the forecast", 200, "L1"),
        ("L1: minutes of work per visit", 40, "L1"),
        ("L2: shrinkage (leave, sickness, meetings), % of paid time", 60, "L2"),
        ("L1: occupancy cap, % of the time on tickets", 50, "L1"),
        ("Normal: to be solved within, working hours", 2, "L1"),
        ("Category Wrong figures, % of its usual tickets", 300, "L1"),
        ("Normal: first answer within, working hours", 0.5, "L1"),
        ("Weeks that are to keep every deadline, %", 99, "L1"),
    ):
        moved = slider(app, label)
        before = moved.value
        moved.set_value(value).run()
        assert people(app)[tier] > base[tier], label
        slider(app, label).set_value(before).run()
        assert people(app) == base, label
    slider(app, "Solved by tier 0 (self-service, bot), % of contacts").set_value(50).run()
    assert people(app)["L1"] < base["L1"]


def test_the_sliders_start_where_the_engine_does(on_sample, sample_home):
    """The targets under the sliders are those that the command line takes, and nothing is changed at the start."""
    app = on_sample(STAFFING)
    dataset = Home(sample_home).get("sample")
    plan = team.usual_plan(dataset)
    for priority in ("urgent", "high", "normal", "low"):
        shown = slider(app, f"{priority.capitalize()}: to be solved within, working hours").value
        assert shown == plan.target(priority).resolution_hours
    assert "Changed:" not in texts(app)


def test_a_closed_group_sends_no_slider_and_forgets_none(on_sample):
    """Only the arrows are there at first. What was moved in a group stays moved when it is closed, and the group says so."""
    app = on_sample(STAFFING)
    assert all(" to L" in label for label in drawn(app))
    slider(app, "L1: cost of a paid hour (0: not known)").set_value(40).run()
    turn(app, opened=False)
    slider_labels = set(drawn(app))
    assert "L1: cost of a paid hour (0: not known)" not in slider_labels
    next(s for s in app.slider if s.label.startswith("L1 escalates")).set_value(50).run()
    assert "Changed: L1 to L2 50 %, L1 cost per hour 40" in texts(app)
    assert "Changed in: Cost" in texts(app)
    turn(app, opened=True)
    assert slider(app, "L1: cost of a paid hour (0: not known)").value == 40


def test_charts_that_follow_a_slider_are_drawn_once(on_sample):
    """Three of them, in the house's own style: Streamlit's theme, a template or numbers without a revision have Plotly draw each
    twice (see `Drawing`)."""
    app = on_sample(STAFFING)
    horizon = [chart for chart in charts(app) if "chart_work_" in chart.id]
    assert len(horizon) == 3
    for chart in horizon:
        layout = json.loads(chart.spec)["layout"]
        assert chart.theme == ""
        assert layout.get("template") is None
        assert layout["datarevision"] > 0
        assert layout["font"]["color"] == drawing.TEXT
        assert layout["height"] == 236
    assert not [chart for chart in charts(app) if "chart_heads" in chart.id or "chart_mixes" in chart.id]


def test_calls_ask_for_more_people_and_travel_in_a_link(on_sample):
    """Half of L1 answered while the customer waits; the same by a link, and nothing left over beside the sliders."""
    app = on_sample(STAFFING)
    base = people(app)
    slider(app, "L1: answered live, % of visits").set_value(50).run()
    assert people(app)["L1"] > base["L1"]
    assert "Changed: L1 live yes, L1 live share 50 %" in texts(app)
    token = Scenario("Phone", {"tiers.L1.live": True, "tiers.L1.live_share": 0.5}).token()
    linked = on_sample(STAFFING, scenario=token)
    assert slider(linked, "L1: answered live, % of visits").value == 50
    assert people(linked)["L1"] == people(app)["L1"]
    assert "Changed: L1 live yes, L1 live share 50 %" in texts(linked)


def test_people_can_be_planned_where_nobody_is_known(visit):
    """The small log names no agents and has no roster: nobody is planned until the slider says so."""
    app = visit(STAFFING, dataset="sample")
    assert app.table[0].value.loc["Planned people", "L2"] == "–"
    slider(app, "People planned in L2 (0: not known)").set_value(3.5).run()
    assert app.table[0].value.loc["Planned people", "L2"].replace("\\", "") == "3.5"
    slider(app, "People planned in L2 (0: not known)").set_value(0.0).run()
    assert app.table[0].value.loc["Planned people", "L2"] == "–"


def test_a_launch_makes_the_hardest_week_harder(on_sample):
    app = on_sample(STAFFING)
    before = texts(app)
    turn(app, opened=True)
    next(box for box in app.checkbox if box.label.startswith("A launch")).check().run()
    slider(app, "Arrivals on that day, % of the forecast").set_value(400).run()
    after = texts(app)
    assert "with the launch on" in after
    assert "with the launch on" not in before


def test_the_simulation_is_behind_the_answer_and_shares_its_draws(on_sample):
    app = on_sample(STAFFING)
    assert re.search(r"Simulated 100 times: visits in time L1 \S+ ?\S* %", texts(app))
    slider(app, "People planned in L3").set_value(6.0).run()
    words = re.search(r"with the same tickets: (.*)", texts(app))
    assert words
    assert re.search(r"L3 \+\d+\.\d points", words.group(1))


@pytest.mark.parametrize(("measure", "simulated"), [("backlog", 6), ("wait", 3), ("sla", 6)])
def test_measures_of_the_horizon(on_sample, measure, simulated):
    """The simulation's dots for each of three tiers, and their band where the measure has one, beside the answer's lines."""
    app = on_sample(STAFFING)
    app.session_state["measure"] = measure
    app.run()
    traces = [trace for chart in charts(app) for trace in json.loads(chart.spec)["data"]]
    assert len([trace for trace in traces if "imulated" in str(trace.get("name"))]) == simulated
    assert "nan" not in texts(app)
    assert "went wrong" not in texts(app)
    assert "Simulated 100 times" in texts(app)


def test_first_answers_bind_where_they_must_come_at_once(on_sample):
    app = on_sample(STAFFING)
    slider(app, "Normal: first answer within, working hours").set_value(0.5).run()
    table = app.table[0].value
    assert table.loc["Most of it because of", "L1"] == "first answers in time"
    assert table.loc["What binds", "L1"].endswith("first answers in time")
    assert float(table.loc["First answers in time alone ask for, hours of work a day", "L1"]) > 15
    slider(app, "L1: of these, minutes until the first answer").set_value(1).run()
    assert app.table[0].value.loc["Most of it because of", "L1"] != "first answers in time"


def test_cost_over_the_horizon_once_an_hour_has_a_price(on_sample):
    """40 an hour, five days of eight hours: 1,600 a week for each of L1; the others say what is missing."""
    app = on_sample(STAFFING)
    app.session_state["measure"] = "cost"
    app.run()
    assert [tier for tier in ("L1", "L2", "L3") if f"{tier}: open “Cost”" in texts(app)] == ["L1", "L2", "L3"]
    slider(app, "L1: cost of a paid hour (0: not known)").set_value(40).run()
    assert [tier for tier in ("L1", "L2", "L3") if f"{tier}: open “Cost”" in texts(app)] == ["L2", "L3"]
    assert f"L1: {people(app)['L1'] * 1600:,} a week, planned" in texts(app)
    asked = {trace["name"]: trace["y"] for chart in charts(app) for trace in json.loads(chart.spec)["data"]}[
        "Asked for"
    ]
    assert set(asked) == {people(app)["L1"] * 1600}


def test_what_the_page_shows_of_every_tier(on_sample):
    app = on_sample(STAFFING)
    table = app.table[0].value
    assert list(table.columns) == ["L1", "L2", "L3"]
    for figure in ("People to ask for", "People in a typical week", "Occupancy of the people to ask for", "What binds"):
        assert table.loc[figure].notna().all()
    assert "Ask for" in texts(app)
    app.session_state["behind"] = "sure"
    app.run()
    assert "The rule decides" in texts(app)
    app.session_state["behind"] = "mix"
    app.run()
    assert "rule of thumb: 80/18/2" in texts(app)


def test_the_replay_is_shown_and_carried(on_sample, sample_home):
    app = on_sample(STAFFING)
    team.replaying(Home(sample_home).get("sample")).result(timeout=120)
    app.run()
    words = texts(app)
    assert "Replayed over the last 13 weeks" in words
    assert "would agree best" in words
    assert "the time until somebody looks at a ticket" in words  # what the model does not know, however near it came
    assert "The model has not been scored" not in words


@pytest.mark.parametrize(
    ("moves", "sentence"),
    [
        ({"L2 returns to L1, %": 90, "L2 escalates to L3, %": 20}, "L2 hands on more than all of its visits"),
        (
            {"L1 escalates to L2, %": 100, "L2 returns to L1, %": 100, "L2 escalates to L3, %": 0},
            "Tickets circle for ever between L1 and L2",
        ),
        ({"People planned in L2": 0.0}, "L2 has work and nobody to do it"),
        ({"People planned in L1": 2.0}, "L1: 2 planned people would have to be"),
        (
            {"Solved by tier 0 (self-service, bot), % of contacts": 60, "L1 escalates to L2, %": 60},
            "the front line could not",
        ),
    ],
)
def test_the_impossible_gets_a_sentence(on_sample, moves, sentence):
    app = on_sample(STAFFING)
    for label, value in moves.items():
        slider(app, label).set_value(value)
    app.run()
    assert not app.exception
    assert sentence.lower() in texts(app).lower()
    assert not re.search(r"\bnan\b|\binf\b", texts(app))


def test_no_history_gets_a_sentence(visit):
    for page in (STAFFING, SCENARIOS, SHIFTS):
        app = visit(page, dataset="flat")
        assert not app.exception
        assert "needs to know which tier" in texts(app)


def test_a_scenario_is_kept_compared_and_shared(on_sample, sample_home):
    folder = Home(sample_home).get("sample").folder
    app = on_sample(STAFFING)
    slider(app, "Arrivals, % of the forecast").set_value(150).run()
    app.text_input[0].set_value("Half as much again").run()
    next(button for button in app.button if button.label == "Keep it with the dataset").click().run()
    kept = scenario_store.load(folder)
    assert kept.scenario("Half as much again").changes == {"arrivals_factor": 1.5}

    app = on_sample_again(app, SCENARIOS)
    assert "Half as much again" in texts(app)
    table = next(frame.value for frame in app.dataframe if "headcount_diff" in frame.value.columns)
    total = table[table["tier"] == "All tiers"].set_index("scenario")
    assert total.loc["Half as much again", "headcount_diff"] > 0
    assert total.loc[planning_scenarios.AS_IS, "headcount_diff"] == 0


def on_sample_again(app, page):
    return app.switch_page(page).run()


def test_a_link_moves_the_sliders(on_sample):
    token = Scenario("Chatbot", {"tier0.deflection": 0.2, "routing.L1>L2": 0.4, "rules.rule": "expected"}).token()
    app = on_sample(STAFFING, scenario=token)
    assert slider(app, "Solved by tier 0 (self-service, bot), % of contacts").value == 20
    assert slider(app, "L1 escalates to L2, %").value == 40
    assert app.text_input[0].value == "Chatbot"
    assert "rule: Work on time" in texts(app)


def test_a_link_that_was_cut_is_told(on_sample):
    app = on_sample(STAFFING, scenario="eJxx")
    assert not app.exception
    assert "This link holds no scenario" in texts(app)
    assert people(app)


def test_what_no_slider_shows_is_kept_beside_them(on_sample):
    token = Scenario("Phone", {"tiers.L1.min_seats": 4}).token()
    app = on_sample(STAFFING, scenario=token)
    assert "Changed: L1 min seats 4" in texts(app)


def test_the_scenarios_page(on_sample):
    app = on_sample(SCENARIOS)
    assert not app.exception
    words = texts(app)
    assert "moves most" in words
    assert "Tier 0 pays from" in words
    assert "When to decide on hires" in words


def test_times_to_hire_are_told_apart_where_they_differ():
    plan = read_plan("[tiers.L3]\nhiring_lead_weeks = 12\nramp_weeks = 20\n")
    one = planning_scenarios.hiring_words(plan, ["L1", "L2"])
    assert one == "8 weeks from decision to first day, 6 more until fully productive."
    both = planning_scenarios.hiring_words(plan, ["L1", "L2", "L3"])
    assert both.startswith("L1, L2: 8 weeks from decision")
    assert "L3: 12 weeks from decision to first day, 20 more" in both


def test_the_shifts_page_covers_and_prices_pools(on_sample):
    app = on_sample(SHIFTS)
    assert not app.exception
    words = texts(app)
    assert re.search(r"\d+ people in L1 cover every open hour and day", words)
    assert re.search(r"As one team L1 needs \d+ people; split by team into 3 teams", words)
    slider(app, "Hours of a shift").set_value(4).run()
    assert not app.exception
    assert not re.search(r"\bnan\b", texts(app))


def test_an_uploaded_plan_is_the_base_of_the_sliders(on_sample, sample_home):
    """A file through the uploader; one that names an unknown tier is refused in words, cannot be used and changes nothing."""
    app = on_sample(STAFFING)
    upload(app, "plan_up:sample", "plan.toml", "[tiers.L1]\nshrinkage = 0.5\ncost_per_hour = 40\n", "Use this plan")
    assert slider(app, "L1: shrinkage (leave, sickness, meetings), % of paid time").value == 50
    assert app.table[0].value.loc["Cost a week", "L1"].replace(",", "").isdigit()
    upload(app, "plan_up:sample", "other.toml", "[tiers.L7]\nshrinkage = 0.2\n")
    assert "Use this plan" not in [button.label for button in app.button]
    assert "tier 'L7', which the data does not have" in texts(app).replace("\\", "")
    assert slider(app, "L1: shrinkage (leave, sickness, meetings), % of paid time").value == 50


def upload(app, key: str, name: str, text: str, button: str = "") -> None:
    """Hands over a file, and presses the button that then takes it."""
    app.file_uploader(key=key).set_value((name, text.encode(), "text/plain")).run()
    if button:
        next(found for found in app.button if found.label == button).click().run()
    assert not app.exception


def test_an_uploaded_roster_gives_the_people(on_sample, sample_home, tmp_path, monkeypatch):
    """70 paid hours on each of five days are 8.75 people of 8 hours a day; a bad file is refused by line and changes nothing."""
    import shutil

    shutil.copytree(sample_home, tmp_path / "home")  # the other tests keep the sample's own roster
    monkeypatch.setenv("TIERSCOPE_HOME", str(tmp_path / "home"))
    app = on_sample(STAFFING)
    last = history.roster_by_day(open_dataset("sample", Home(tmp_path / "home")))["day"].max()
    days = pd.bdate_range(end=pd.Timestamp(last), periods=40)
    rows = "".join(f"{day:%Y-%m-%d},{tier},70\n" for day in days for tier in ("L1", "L2", "L3"))
    upload(app, "roster_up:sample", "roster.csv", "date,tier,hours\n2026-03-02,L1,many\n")
    assert "Use this roster" not in [button.label for button in app.button]
    assert "line 2" in texts(app).casefold()
    upload(app, "roster_up:sample", "roster.csv", f"date,tier,hours\n{rows}", "Use this roster")
    assert app.table[0].value.loc["Planned people"].str.replace("\\", "").tolist() == ["8.8", "8.8", "8.8"]


def test_a_scenario_file_with_and_without_its_plan(on_sample, sample_home):
    """The changes are the same; the plan they are changes of is taken only where the reader says so."""
    folder = Home(sample_home).get("sample").folder
    file = ScenarioFile(read_plan("[tiers.L1]\nshrinkage = 0.5\n"), (Scenario("More", {"arrivals_factor": 1.2}),))
    app = on_sample(SCENARIOS)
    upload(app, "scenarios_up:sample", "s.json", file.to_json(), "Take them in")
    kept = scenario_store.load(folder)
    assert (kept.plan, kept.names) == (None, ["More"])

    app = on_sample(SCENARIOS)
    app.file_uploader(key="scenarios_up:sample").set_value(("s.json", file.to_json().encode(), "text/plain")).run()
    assert "The file's plan is not the one in use here" in texts(app).replace("\\", "")
    app.checkbox(key="scenarios_plan:sample").check().run()
    next(found for found in app.button if found.label == "Take them in").click().run()
    taken = scenario_store.load(folder).plan
    assert taken is not None
    assert taken.tier("L1").shrinkage == 0.5


def test_the_report_has_each_projection_once(on_sample):
    """Whatever the reader looked at before, and however often the simulation drew it: a part per tier, the one in view."""
    app = on_sample(STAFFING)
    for measure in ("work", "backlog", "wait"):
        app.session_state["measure"] = measure
        app.run()
    noted = app.session_state["_report"]
    horizon = {name: part for name, part in noted.items() if name.startswith("horizon_")}
    assert sorted(horizon) == ["horizon_L1", "horizon_L2", "horizon_L3"]
    assert all("in a typical week" in part.title for part in horizon.values())


def test_an_edited_event_makes_another_forecast(sample_home, monkeypatch):
    """The key of the forecast and all that follows from it moves with the events' file, without a new version."""
    dataset = Home(sample_home).get("sample")
    before = shared.known_by(dataset)
    assert shared.known_by(dataset) == before
    told = {"events": []}
    monkeypatch.setattr(kept.shelf, "read", lambda file: told if file.name == kept.EVENTS_FILE else None)
    first = shared.known_by(dataset)
    told["events"].append({"name": "Fair", "dates": ["2026-11-20"]})
    assert len({before, first, shared.known_by(dataset)}) == 3


def live_tier(headcount: int, share: float = 1.0):
    """78.125 erlangs of calls in every open hour (9 to 17), as inputs and plan."""
    import numpy as np

    from analytics.staffing.effort import Effort
    from analytics.staffing.inputs import StaffingInputs

    week = np.array([78.125 * 8 * 60 / 15] * 5 + [0, 0])
    known = StaffingInputs(
        tiers=("L1",), start=date(2025, 11, 3), arrivals=np.tile(week, 4)[None, :, None],
        routing_counts=np.array([[0, 100_000]]), effort={"L1": Effort(15, 15, 15, "tracked", 999, 0.0)},
    )  # fmt: skip
    own = f"[tiers.L1]\nlive = true\nlive_share = {share}\nshrinkage = 0\noccupancy_cap = 1\nheadcount = {headcount}\n"
    return known, read_plan(own)


def test_77_agents_cannot_answer_78_erlangs():
    """A popular answer; the least that keeps up is floor(78.125) + 1 = 79."""
    answer = recommend(*live_tier(77))
    told = answer.warnings
    assert len(told) == 1
    assert "77 planned people would have to be 101 % as busy" in told[0]
    assert "It takes 79 to keep up" in told[0]
    assert answer.to_json()["notes"][0] == told[0]  # the command line says it too
    assert recommend(*live_tier(79)).warnings == []


@pytest.mark.parametrize("page", [STAFFING, SCENARIOS, SHIFTS])
def test_a_filter_that_matches_nothing_does_not_stop_it(on_sample, page):
    """The sidebar's filters do not apply to these pages, as they say."""
    app = on_sample(page, product="Nothing")
    assert not app.exception
    assert "has no product 'Nothing'" not in texts(app)
    assert charts(app)
