"""Many series in processes of their own: the same forecasts, progress, cancelling, errors by name."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from analytics.errors import InputError
from analytics.forecasting import many
from analytics.forecasting.backtest import Cancelled
from analytics.forecasting.models import FIELD, LEAN_FIELD
from analytics.forecasting.race import forecast


def poisson(days, mean=40.0, seed=1):
    counts = np.random.default_rng(seed).poisson(mean, days).astype(float)
    return pd.Series(counts, index=pd.date_range("2024-01-01", periods=days))


def test_the_same_forecasts_as_one_by_one_in_the_order_given():
    series = {"L1 · Atlas": poisson(60), "L2 · Beam": poisson(45, 5.0), "L3": poisson(40, 2.0)}
    seen = []
    found = many.forecast_many(series, 7, progress=lambda share, text: seen.append(share), unit="visits")
    assert list(found) == list(series)
    assert seen == pytest.approx([1 / 3, 2 / 3, 1.0])
    alone = forecast(series["L1 · Atlas"], 7, unit="visits", field=LEAN_FIELD)
    assert found["L1 · Atlas"].to_json() == alone.to_json()


def test_many_are_raced_by_the_lean_field_unless_asked_otherwise():
    """A hundred days are enough for every model but those that want a year; of three Prophets one runs among many."""
    series = {"L1": poisson(100)}
    lean, whole = (many.forecast_many(series, 28, lean=choice)["L1"] for choice in (True, False))
    assert {score.model for score in whole.backtest} == {"combination", *(model.name for model in FIELD)}
    assert {score.model for score in whole.backtest} - {score.model for score in lean.backtest} == {
        "prophet", "prophet_log", "mstl"
    }  # fmt: skip
    assert whole.to_json() == forecast(series["L1"], 28).to_json()
    prophet = next(score for score in lean.backtest if score.model == "prophet_multiplicative")
    assert 0 < prophet.weight < 1


def test_an_error_names_its_series():
    with pytest.raises(InputError, match="L3: A count is negative"):
        many.forecast_many({"L3": pd.Series([1, -2], index=pd.date_range("2024-01-01", periods=2))}, 7)


def test_cancelling_ends_the_workers():
    with pytest.raises(Cancelled):
        many.forecast_many({"L1": poisson(60), "L2": poisson(60)}, 7, cancelled=lambda: True)


def test_a_lost_worker_is_said_so():
    silent = subprocess.Popen([sys.executable, "-c", "pass"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    answer = many._asked(silent, many.Job("L1", poisson(20), 7, (), None, "tickets"))
    silent.communicate()
    assert isinstance(answer, many.WorkerLost)


def test_nothing_to_forecast():
    assert many.forecast_many({}, 7) == {}
