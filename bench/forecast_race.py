"""The forecast race on real series: WAPE against the 8-week mean and plain Prophet, coverage and seconds.

    python bench/forecast_race.py DIRECTORY [--horizon 28] [--origins 3] [--spacing 56] [--workers 1] [--no-prophet]
        [--history DAYS] [--lean]

DIRECTORY holds `date,count` files (any form that the command line reads); a name with `_log_` holds logarithms of
counts and is taken back with exp; `uci_incident_event_log.zip` and `italian_helpdesk.csv.gz` are counted by opening day.
Each origin hides the days after it and forecasts them with everything done anew. Ratios are geometric means over
series. `--history 90`: as if only the last 90 days before each origin were known, for how it does on short ones.
`--lean`: by the field that runs where many series are forecast at once. With more than one worker the seconds are not
those of an idle machine.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
import warnings
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analytics.errors import TierscopeError
from analytics.forecasting.models import FIELD, LEAN_FIELD
from analytics.forecasting.race import forecast, quick_forecast
from analytics.forecasting.series import DailySeries, prepare
from analytics.forecasting.series_file import read_series

LEAST_HISTORY_DAYS = 42


@dataclass(frozen=True)
class Outcome:
    """Errors of one series over its origins: Σ|y−f| of the race, the 8-week mean and plain Prophet, Σy, hits of the
    80 and 95 % intervals over the open days, seconds of the slowest race and of the instant forecast."""

    name: str
    days: int
    race: float
    mean: float
    prophet: float
    total: float
    hits80: float
    hits95: float
    scored: int
    seconds: float
    quick_seconds: float
    floor: float


def found_series(directory: Path) -> Iterator[tuple[str, pd.Series]]:
    """(name, counts by day) of everything in the directory that is a daily series; says what it leaves out."""
    for path in sorted(directory.iterdir()):
        try:
            if path.name == "uci_incident_event_log.zip":
                yield "uci_incidents", _uci(path)
            elif path.name == "italian_helpdesk.csv.gz":
                yield "italian_helpdesk", _italian(path)
            elif path.suffix == ".csv":
                yield path.stem, _from_file(path)
        except TierscopeError as problem:
            print(f"left out: {path.name}: {problem}")


def _from_file(path: Path) -> pd.Series:
    series = read_series(path)
    return pd.Series(np.exp(series).round()) if "_log_" in path.name else series


def _uci(path: Path) -> pd.Series:
    """Incidents by opening day, until the end of the dense months."""
    with zipfile.ZipFile(path) as archive, archive.open("incident_event_log.csv") as member:
        rows = pd.read_csv(member, usecols=["number", "opened_at"]).drop_duplicates("number")
    opened = pd.to_datetime(rows["opened_at"], format="%d/%m/%Y %H:%M").dt.normalize()
    return _counted(opened[opened < "2016-06-01"])


def _italian(path: Path) -> pd.Series:
    rows = pd.read_csv(path, usecols=["Case ID", "Complete Timestamp"])
    at = pd.to_datetime(rows["Complete Timestamp"], format="%Y/%m/%d %H:%M:%S.%f")
    return _counted(at.groupby(rows["Case ID"]).min().dt.normalize())


def _counted(days: pd.Series) -> pd.Series:
    counts = days.value_counts().sort_index()
    return counts.reindex(pd.date_range(counts.index[0], counts.index[-1]), fill_value=0)


@dataclass(frozen=True)
class Settings:
    """What is tried: days ahead, origins and the days between them, days of history known (0: all), with plain Prophet,
    by the lean field."""

    horizon: int
    origins: int
    spacing: int
    history: int
    prophet: bool
    lean: bool


def run(name: str, counts: pd.Series, given: Settings) -> Outcome | None:
    """Every origin of one series; None where the history before the first is too short."""
    logging.getLogger("cmdstanpy").disabled = True
    warnings.simplefilter("ignore")
    series = prepare(counts)
    lengths = [len(series) - given.horizon - given.spacing * number for number in range(given.origins)]
    parts = [_origin(series, length, given) for length in lengths if length >= LEAST_HISTORY_DAYS]
    if not parts:
        return None
    sums = {key: float(np.sum([part[key] for part in parts])) for key in parts[0]}
    slowest, quick = (float(np.max([part[key] for part in parts])) for key in ("seconds", "quick_seconds"))
    rest = {key: sums[key] for key in ("race", "mean", "prophet", "total", "hits80", "hits95")}
    floor = sums["floor"] / len(parts)
    times = {"seconds": slowest, "quick_seconds": quick}
    return Outcome(name, len(series), **rest, scored=int(sums["scored"]), **times, floor=floor)


def _origin(series: DailySeries, length: int, given: Settings) -> dict[str, float]:
    horizon = given.horizon
    history, actual = series.head(length).tail(given.history or length), series.values[length : length + horizon]
    start = time.perf_counter()
    quick = quick_forecast(history, horizon)
    middle = time.perf_counter()
    race = forecast(history, horizon, field=LEAN_FIELD if given.lean else FIELD)
    end = time.perf_counter()
    known, open_days = np.isfinite(actual), history.open_ahead(horizon)
    points = race.points
    inside80 = (actual >= points["low80"]) & (actual <= points["high80"]) & open_days
    inside95 = (actual >= points["low95"]) & (actual <= points["high95"]) & open_days
    return {
        "race": _error(actual, points["mean"]),
        "mean": _error(actual, quick.points["mean"]),
        "prophet": _error(actual, _plain_prophet(history, horizon)) if given.prophet else np.nan,
        "total": float(np.nansum(actual)),
        "hits80": float(inside80.sum()),
        "hits95": float(inside95.sum()),
        "scored": float((known & open_days).sum()),
        "seconds": end - middle,
        "quick_seconds": middle - start,
        "floor": race.noise_floor_wape if race.noise_floor_wape is not None else np.nan,
    }


def _error(actual: np.ndarray, forecast_mean: pd.Series | np.ndarray) -> float:
    return float(np.nansum(np.abs(actual - np.asarray(forecast_mean, dtype=float))))


def _plain_prophet(history: DailySeries, horizon: int) -> np.ndarray:
    """Prophet as it comes: raw counts, no settings."""
    from prophet import Prophet

    frame = pd.DataFrame({"ds": history.days, "y": history.values})
    model = Prophet(uncertainty_samples=0).fit(frame)
    return model.predict(pd.DataFrame({"ds": history.future_days(horizon)}))["yhat"].to_numpy()


def show(outcomes: list[Outcome]) -> None:
    """The table and the geometric means."""
    titles = ("days", "WAPE", "floor", "/mean8", "/Prophet", "80 %", "95 %", "s")
    print(f"{'series':28s}" + "".join(f"{title:>9s}" for title in titles))
    for one in outcomes:
        wape, scored = one.race / one.total if one.total else np.nan, max(one.scored, 1)
        ratios = (one.race / one.mean, one.race / one.prophet) if one.mean else (np.nan, np.nan)
        numbers = (wape, one.floor, *ratios, one.hits80 / scored, one.hits95 / scored, one.seconds)
        print(f"{one.name[:28]:28s}{one.days:9d}" + "".join(f"{number:9.3f}" for number in numbers))
    _sum_up([one for one in outcomes if one.mean > 0])


def _sum_up(scored: list[Outcome]) -> None:
    ratios = np.array([one.race / one.mean for one in scored])
    prophet = np.array([one.race / one.prophet for one in scored])
    covered = np.array([one.hits80 / max(one.scored, 1) for one in scored])
    tails = np.array([one.hits95 / max(one.scored, 1) for one in scored])
    print(f"\n{len(scored)} series, geometric means of the WAPE ratios:")
    print(f"  ×{np.exp(np.log(ratios).mean()):.3f} of the 8-week mean")
    if np.isfinite(prophet).all():
        print(f"  ×{np.exp(np.log(prophet).mean()):.3f} of plain Prophet")
    print(f"  worst ×{ratios.max():.3f} of the 8-week mean; above ×1.03: {(ratios > 1.03).sum()}")
    print(f"  80 % intervals cover {covered.mean():.1%} (series {covered.min():.0%} to {covered.max():.0%})")
    print(f"  95 % intervals cover {tails.mean():.1%}")
    instant = 1000 * max(one.quick_seconds for one in scored)
    print(f"  slowest race {max(one.seconds for one in scored):.2f} s, slowest instant forecast {instant:.0f} ms")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The forecast race on the series of a directory.")
    parser.add_argument("directory", type=Path)
    for name, value in {"horizon": 28, "origins": 3, "spacing": 56, "history": 0, "workers": 1}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--no-prophet", action="store_true", help="leave out the comparison with plain Prophet")
    parser.add_argument("--lean", action="store_true", help="the field that races where many series are forecast")
    return parser.parse_args()


def main() -> int:
    given = arguments()
    if not given.directory.is_dir():
        print(f"no such directory: {given.directory}")
        return 2
    everything = list(found_series(given.directory))
    settings = Settings(given.horizon, given.origins, given.spacing, given.history, not given.no_prophet, given.lean)
    if given.workers > 1:
        with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
            jobs = [pool.submit(run, name, counts, settings) for name, counts in everything]
            outcomes = [job.result() for job in jobs]
    else:
        outcomes = [run(name, counts, settings) for name, counts in everything]
    kept = [one for one in outcomes if one is not None]
    if not kept:
        print("no series is long enough")
        return 1
    show(kept)
    return 0


if __name__ == "__main__":
    sys.exit(main())
