"""The forecast as JSON and as sample paths; plans that are locked and scored."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.errors import InputError, NotEnoughData
from analytics.forecasting.plan import lock_plan, plan_from_json, score_plan
from analytics.forecasting.result import Forecast, ModelScore

LEVELS = np.linspace(0.005, 0.995, 199)


def forecast(mean=50.0, sd=10.0, days=14, common=0.4, next_day=0.3):
    """Gaussian marginals around a constant mean, a closed last day."""
    quantiles = np.maximum(mean + sd * stats.norm.ppf(LEVELS)[:, None] * np.ones(days), 0.0)
    quantiles[:, -1] = 0.0
    rows = {"mean": np.where(np.arange(days) < days - 1, mean, 0.0)}
    for name, level in {"low80": 0.1, "high80": 0.9, "low95": 0.025, "high95": 0.975}.items():
        rows[name] = np.array([np.interp(level, LEVELS, quantiles[:, day]) for day in range(days)])
    points = pd.DataFrame({"at": pd.date_range("2024-07-01", periods=days), **rows})
    return Forecast(
        unit="tickets per day",
        horizon=days,
        model="combination",
        points=points,
        backtest=(ModelScore("combination", 0.2, 0.9, 0.01, 0.8, 1.0), ModelScore("ets", None, None, None, None, 0.0)),
        noise_floor_wape=0.1127,
        notes=("A note.",),
        quantile_levels=LEVELS,
        quantiles=quantiles,
        common_correlation=common,
        next_day_correlation=next_day,
        by_week=pd.DataFrame(),
        factors=np.ones(days),
        data_end=pd.Timestamp("2024-06-30"),
    )


def test_json_has_exactly_the_contract_s_keys():
    found = json.loads(forecast().to_json())
    assert list(found) == ["unit", "horizon", "model", "points", "backtest", "noise_floor_wape", "notes"]
    assert list(found["points"][0]) == ["at", "mean", "low80", "high80", "low95", "high95"]
    assert list(found["backtest"][0]) == ["model", "wape", "mase", "bias", "coverage80", "weight"]
    assert found["points"][0]["at"] == "2024-07-01"
    assert found["backtest"][1]["wape"] is None
    assert (found["horizon"], len(found["points"])) == (14, 14)


def test_sample_paths_are_counts_with_the_intervals_distribution():
    made = forecast()
    paths = made.sample_paths(20000, seed=1)
    assert paths.shape == (20000, 14)
    assert paths.dtype == np.int64
    assert paths.min() >= 0
    assert paths[:, :13].mean() == pytest.approx(50, rel=0.01)
    assert np.quantile(paths[:, 0], [0.1, 0.9]) == pytest.approx([37.2, 62.8], abs=1.1)
    assert (paths[:, 13] == 0).all()


def test_sample_paths_hang_together_as_stated():
    """corr(day, next) = c + (1−c)·φ, corr(far days) → c."""
    paths = forecast(mean=500.0, sd=60.0).sample_paths(20000, seed=2)
    found = np.corrcoef(paths[:, :13], rowvar=False)
    assert found[0, 1] == pytest.approx(0.4 + 0.6 * 0.3, abs=0.03)
    assert found[0, 12] == pytest.approx(0.4, abs=0.03)


def test_sample_paths_are_seeded():
    made = forecast()
    assert (made.sample_paths(50, seed=3) == made.sample_paths(50, seed=3)).all()
    assert (made.sample_paths(50, seed=3) != made.sample_paths(50, seed=4)).any()
    with pytest.raises(InputError):
        made.sample_paths(0, seed=1)


def test_low_volume_paths_keep_their_mean():
    paths = forecast(mean=0.4, sd=0.5).sample_paths(40000, seed=5)
    assert paths[:, :13].mean() == pytest.approx(0.4, rel=0.25)


def test_a_plan_survives_json_and_refuses_edits():
    plan = lock_plan(forecast(), "Q3", "L1 arrivals", date(2024, 6, 30))
    back = plan_from_json(plan.to_json())
    assert (back.name, back.series, back.created, back.data_end) == (
        plan.name,
        plan.series,
        plan.created,
        plan.data_end,
    )
    pd.testing.assert_frame_equal(back.points, plan.points, check_dtype=False)
    edited = json.loads(plan.to_json())
    edited["points"][0]["mean"] = 1.0
    with pytest.raises(InputError, match="changed after"):
        plan_from_json(json.dumps(edited))
    for broken in ("no json", "[]", "{}"):
        with pytest.raises(InputError):
            plan_from_json(broken)


def test_a_plan_is_scored_by_what_it_said():
    """Ten of 14 days came at 60 instead of 50: WAPE 100/600, bias −1/6, all inside the 80 % interval."""
    plan = lock_plan(forecast(), "Q3", "L1 arrivals", date(2024, 6, 30))
    came = pd.Series(60.0, index=pd.date_range("2024-06-20", "2024-07-10"))
    found = score_plan(plan, came)
    assert found.wape == pytest.approx(100 / 600)
    assert found.bias == pytest.approx(-100 / 600)
    assert found.coverage80 == found.coverage95 == 1.0
    assert (found.scored_days, found.days_to_come) == (10, 4)
    assert found.expected_wape == 0.2
    assert found.by_week["days"].tolist() == [7, 3]
    assert found.days["count"].notna().sum() == 10


def test_a_plan_of_days_to_come_has_no_score_and_a_late_plan_is_refused():
    plan = lock_plan(forecast(), "Q3", "L1 arrivals", date(2024, 6, 30))
    with pytest.raises(NotEnoughData):
        score_plan(plan, pd.Series([1.0], index=pd.to_datetime(["2024-06-30"])))
    with pytest.raises(InputError):
        lock_plan(forecast(), "Q3", "L1 arrivals", date(2024, 8, 1))
