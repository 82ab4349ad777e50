"""Open tickets and their ages: by hand, minute by minute, as known at a moment; and predictions that come true as often as
said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.breach import COLUMNS, calibrate, calibration, history, open_risks
from analytics.breach.history import learnt, open_at, span_us
from analytics.calendars import ALWAYS, Calendar
from analytics.errors import InputError, NotEnoughData
from analytics.model import Filters
from tests.logs import at, drawn, warehouse_of
from tests.questions.oracle import ticket_of
from tests.questions.test_second_way import random_log
from tests.questions.test_sla import LOG, TARGETS, late_by_walking

ROUND_THE_CLOCK = dict.fromkeys(("L0", "L1", "L2", "L3"), Calendar("UTC", week=ALWAYS))
NONE = Filters()


def test_by_hand(tmp_path):
    """Open 9-17; the data ends on Tuesday 16:45. S5 came 15 minutes ago; S6 stands at the 30 minutes after which it went
    pending; S7 lies since Monday 9:00: 8 h and 7.75 h, over its 4 h; so does S8, solved for a night
    and opened again."""
    told = open_risks(warehouse_of(drawn(LOG), tmp_path / "log.duckdb"), NONE, TARGETS).set_index("ticket_id")
    assert list(told.columns) == [name for name in COLUMNS if name != "ticket_id"]
    assert told["age_hours"].to_dict() == pytest.approx({"S7": 15.75, "S8": 15.75, "S6": 0.5, "S5": 0.25})
    assert told["already_breached"].to_dict() == {"S7": True, "S8": True, "S6": False, "S5": False}
    assert told.loc["S7", ["p_breach", "hours_left", "tier", "team", "priority"]].tolist() == [
        1.0,
        -11.75,
        "L1",
        "desk",
        "high",
    ]
    assert "12 working hours over its target of 4" in told.loc["S7", "reason"]
    assert set(told.index[:2]) == {"S7", "S8"}


def test_an_earlier_priority_s_target_counts_and_reopened_tickets_run_on(tmp_path):
    """E: low until 10 h have passed, then high (4 h): late. L: high for 5 h (late), then low: late already, with 31 h left.
    R: resolved after 1 h, reopened after 30 h: its clock never stopped."""
    log = drawn(
        """ticket_id at               kind         tier team priority
        E         2026-03-02T00:00 created      L1   desk low
        E         2026-03-02T10:00 changed      L1   desk high
        L         2026-03-02T00:00 created      L1   desk high
        L         2026-03-02T05:00 changed      L2   tech low
        R         2026-03-01T00:00 created      L1   desk low
        R         2026-03-01T01:00 resolved     L1   desk low
        R         2026-03-02T06:00 reopened     L2   tech low
        Z         2026-03-02T11:00 created      L1   desk -
        """
    )
    told = open_risks(warehouse_of(log, tmp_path / "log.duckdb", ROUND_THE_CLOCK), NONE, TARGETS).set_index("ticket_id")
    assert told["age_hours"].to_dict() == pytest.approx({"E": 11, "L": 11, "R": 35, "Z": 0})
    assert told["already_breached"].to_dict() == {"E": True, "L": True, "R": False, "Z": False}
    assert "earlier priority" in told.loc["L", "reason"]
    assert np.isnan(told.loc["Z", "p_breach"])
    assert told.loc["Z", "reason"] == "It has no priority, so it has no target."
    assert told.loc["R", "tier"] == "L2"


def drawn_log(seed: int) -> pd.DataFrame:
    """A random log with priorities that change."""
    log, rng = random_log(seed=seed, tickets=60), np.random.default_rng(seed)
    first = log.groupby("ticket_id").cumcount() == 0
    log["priority"] = np.where(first | (rng.random(len(log)) < 0.15), rng.choice(["high", "low"], len(log)), None)
    return log


@pytest.mark.parametrize("seed", range(4))
def test_late_already_agrees_with_walking(seed, tmp_path):
    log = drawn_log(300 + seed)
    warehouse = warehouse_of(log, tmp_path / "log.duckdb", ROUND_THE_CLOCK)
    told = open_risks(warehouse, NONE, TARGETS).set_index("ticket_id")
    tickets = {}
    for name, rows in log.sort_values(["ticket_id", "at"], kind="stable").groupby("ticket_id"):
        if ticket := ticket_of(rows):
            for event in ticket["events"]:
                event["priority"] = None if pd.isna(event["priority"]) else event["priority"]
            tickets[name] = ticket
    end = max(event["at"] for ticket in tickets.values() for event in ticket["events"])
    wanted = {name: ticket for name, ticket in tickets.items() if ticket["state"] in (None, "open")}
    assert set(told.index) == set(wanted)
    never = [
        name
        for name, ticket in wanted.items()
        if not any(e["kind"] in ("resolved", "closed") for e in ticket["events"])
    ]
    assert never
    for name in never:  # the walk ends at the last resolution, so it cannot judge what was reopened
        assert told.loc[name, "already_breached"] == late_by_walking(wanted[name], 1, False, end), name


@pytest.mark.parametrize("seed", range(3))
def test_what_was_known_at_a_moment_is_what_the_log_held_then(seed, tmp_path):
    """Asking the whole log about a past moment gives what the log cut off at that moment gives about its end."""
    log = drawn_log(400 + seed).sort_values("at", kind="stable")
    cut = log["at"].iloc[len(log) * 2 // 3]
    excluded = log.loc[log["kind"] == "excluded", "ticket_id"]  # what is excluded later was not known to be
    log = log[~log["ticket_id"].isin(excluded)]
    whole = warehouse_of(log, tmp_path / "whole.duckdb", ROUND_THE_CLOCK)
    then = warehouse_of(log[log["at"] <= cut], tmp_path / "then.duckdb", ROUND_THE_CLOCK)
    moment = span_us(then)[1]
    columns = ["ticket_id", "tier", "team", "age_hours", "priority", "late_already"]
    seen, known = (open_at(one, NONE, TARGETS, [moment]).set_index("ticket_id") for one in (whole, then))
    assert len(known) > 5
    # Teams and tiers that became known only later than the moment are filled back to the first visit: those are left out.
    told = known.dropna(subset=["team", "tier"]).index
    pd.testing.assert_frame_equal(seen.loc[told, columns[1:]], known.loc[told, columns[1:]], check_dtype=False)
    ages = ["priority", "from_hours", "until_hours", "end_hours", "has_ended"]
    pd.testing.assert_frame_equal(learnt(whole, TARGETS, moment)[ages], learnt(then, TARGETS, moment)[ages])


def exponential_log(tickets: int = 3000, mean_hours: float = 6.0, seed: int = 3) -> pd.DataFrame:
    """Tickets that L1 resolves after exponential times; one every half hour."""
    rng, rows, start = np.random.default_rng(seed), [], at("2026-01-05T00:00")
    for number, hours in enumerate(rng.exponential(mean_hours, tickets)):
        came = start + pd.Timedelta(minutes=30 * number)
        row = {"ticket_id": f"T{number:05d}", "tier": "L1", "team": "desk", "priority": "low" if number % 2 else "high"}
        rows += [
            row | {"at": came, "kind": "created"},
            row | {"at": came + pd.Timedelta(hours=hours), "kind": "resolved"},
        ]
    end = start + pd.Timedelta(minutes=30 * tickets)
    return pd.DataFrame([row for row in rows if row["at"] <= end])


def test_probabilities_come_true_as_often_as_said(tmp_path):
    """Memoryless work: P = exp(-left / mean) is known, and the tenths' observed shares lie around the predicted ones."""
    warehouse = warehouse_of(exponential_log(), tmp_path / "log.duckdb", ROUND_THE_CLOCK)
    targets = {"high": (1.0, 4.0), "low": (1.0, 12.0)}
    risks = open_risks(warehouse, NONE, targets)
    some = risks[~risks["already_breached"]]
    assert len(some) >= 4
    assert some["p_breach"].to_numpy() == pytest.approx(np.exp(-some["hours_left"].to_numpy() / 6.0), abs=0.12)
    told = calibration(warehouse, NONE, targets)
    low, said, high = (told[name].to_numpy(float) for name in ("observed_low", "predicted", "observed_high"))
    assert int(told["open_tickets"].to_numpy().sum()) > 200
    assert bool(np.all(low - 0.08 <= said))
    assert bool(np.all(said <= high + 0.08))
    assert told["predicted"].is_monotonic_increasing
    assert float(told["brier"].max()) < float(told["brier_base"].max())
    base = np.average(told["observed"], weights=told["open_tickets"])
    assert told["base_rate"].iloc[0] == pytest.approx(base)
    assert told["brier_base"].iloc[0] == pytest.approx(base * (1 - base))


def test_filters_choose_which_are_shown_not_what_is_learnt(tmp_path):
    warehouse = warehouse_of(exponential_log(600), tmp_path / "log.duckdb", ROUND_THE_CLOCK)
    targets = {"high": (1.0, 4.0), "low": (1.0, 12.0)}
    every = open_risks(warehouse, NONE, targets).set_index("ticket_id")
    some = open_risks(warehouse, Filters(priorities=("low",)), targets).set_index("ticket_id")
    assert set(some["priority"]) == {"low"}
    pd.testing.assert_frame_equal(some, every[every["priority"] == "low"].loc[some.index])
    assert open_risks(warehouse, Filters(priorities=("none such",)), targets).empty


def test_without_targets_or_history_it_says_so(tmp_path):
    warehouse = warehouse_of(drawn(LOG), tmp_path / "log.duckdb")
    with pytest.raises(NotEnoughData, match="without targets"):
        open_risks(warehouse, NONE, {})
    with pytest.raises(InputError, match="above zero"):
        open_risks(warehouse, NONE, {"high": (1.0, 0.0)})
    with pytest.raises(NotEnoughData, match="Too few"):
        calibration(warehouse, NONE, TARGETS)


def test_of_a_large_dataset_some_tickets_are_looked_at(tmp_path, monkeypatch):
    """Every third ticket by its number: the cases are those of all tickets, the others left out."""
    warehouse = warehouse_of(exponential_log(600), tmp_path / "log.duckdb", ROUND_THE_CLOCK)
    everyone = calibrate.cases_of(warehouse, NONE, TARGETS).told
    monkeypatch.setattr(calibrate, "CHECKED_TICKETS", 200)
    assert calibrate.cases_of(warehouse, NONE, TARGETS).every == 1  # few cases: all of them
    monkeypatch.setattr(calibrate, "ENOUGH", 10)
    some, _, every = calibrate.cases_of(warehouse, NONE, TARGETS)
    assert every == 3
    assert 10 < len(some) < len(everyone)
    third = everyone[everyone["ticket_no"] % 3 == 0]
    pd.testing.assert_frame_equal(some.reset_index(drop=True), third.reset_index(drop=True))


@pytest.mark.parametrize("most", [1, 5, 40, 399, 5000])
def test_the_oldest_ticket_to_learn_from_is_found_by_days(tmp_path, monkeypatch, most):
    """As sorting all tickets finds it, at many moments."""
    warehouse = warehouse_of(exponential_log(400), tmp_path / "log.duckdb")
    monkeypatch.setattr(history, "LEARNT_TICKETS", most)
    created = sorted(row[0] for row in warehouse.rows("SELECT created_us FROM tickets"))
    first, last = span_us(warehouse)
    for moment in np.linspace(first, last, 25).astype(int):
        known = [one for one in created if one <= moment]
        year = int(moment) - history.LEARNT_DAYS * history.US_PER_DAY
        wanted = max(year, known[-most - 1]) if len(known) > most else year
        assert history._since(warehouse, int(moment)) == wanted
