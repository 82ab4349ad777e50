"""A dataset's calendar events: kept beside it, measured on its own history, and put to use in each of its forecasts.

An event belongs to one product or to all. What it did is measured on the tickets of its product, shrunk over all events of
the kind; what a planned one will do to another selection (all tickets, a tier, a channel) is its product's effect times the
share that the product has in that selection, times what its tier mix says about the tier. The sample comes with the events
that its makers know of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics import daily, sample
from analytics.ahead.kept import EVENTS_FILE, folder_of
from analytics.charts.numbers import change
from analytics.errors import NotEnoughData
from analytics.forecasting import shelf
from analytics.forecasting.calendar_events import (
    EVENT_KINDS,
    CalendarEvent,
    FoundSpike,
    KindEffect,
    MeasuredEvent,
    effects_ahead,
    find_past_spikes,
    kind_effect,
    last_day,
    measure_events,
    shrunk_together,
)
from analytics.forecasting.event_file import from_records, in_order, read_events, to_record
from analytics.forecasting.result import Forecast
from analytics.forecasting.series import prepare
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.questions import NO_FILTER
from analytics.warehouse.store import Dataset, Warehouse

SHARE_DAYS = 56
"""A product's share of a selection is that of the last eight weeks."""
SMALLEST_SHARE = 0.02
FEWEST_TICKETS_PER_DAY = 0.5
"""Below one ticket in two days a product's spikes are single tickets."""


@dataclass(frozen=True)
class Learned:
    """What past events did (`measured`, on their own product's tickets) and what to expect of the next of each kind."""

    measured: tuple[MeasuredEvent, ...]
    kinds: tuple[KindEffect, ...]


@dataclass(frozen=True)
class OfferedSpike:
    """A past spike that no event explains, in all tickets (`product` empty) or in one product's."""

    product: str
    spike: FoundSpike


def stored(dataset: Dataset) -> tuple[CalendarEvent, ...]:
    """The dataset's events by start. InputError where the file was damaged: an empty list would silently drop them."""
    file = folder_of(dataset) / EVENTS_FILE
    if not file.exists():
        return shipped() if dataset.name == sample.NAME else ()
    return from_records(shelf.read(file) or ())


def shipped() -> tuple[CalendarEvent, ...]:
    """The events that come with the sample."""
    return read_events((sample.FOLDER / "calendar_events.csv").read_text("utf-8"))[0]


def save(dataset: Dataset, events: Iterable[CalendarEvent]) -> tuple[CalendarEvent, ...]:
    """Keeps the events with the dataset, each once, by start."""
    ordered = in_order(events)
    shelf.write(folder_of(dataset) / EVENTS_FILE, [to_record(event) for event in ordered])
    return ordered


def learned(warehouse: Warehouse, events: Sequence[CalendarEvent], until: date | None = None) -> Learned:
    """What the events that began by `until` (the data's end) did to the tickets of their products, and what kinds teach."""
    last = until or last_day_of(warehouse)
    past = [event for event in events if event.start <= last]
    measured = []
    for product in dict.fromkeys(event.product for event in past):
        counts = _counts(warehouse, _of_product(NO_FILTER, product).with_period(None, last))
        if counts is not None:
            there = [event for event in past if event.product in ("", product)]
            bare = [replace(event, uplift=None) for event in there]
            measured += [one for one in measure_events(prepare(counts), bare) if one.event.product == product]
    together = shrunk_together(measured)
    kinds = [kind for kind in EVENT_KINDS if any(event.kind == kind for event in events)]
    return Learned(together, tuple(kind_effect(kind, together) for kind in kinds))


def events_for(
    warehouse: Warehouse,
    filters: Filters = NO_FILTER,
    events: Sequence[CalendarEvent] | None = None,
    told: Learned | None = None,
) -> tuple[CalendarEvent, ...]:
    """The events that move a selection, as the engine wants them: past ones to be measured on the selection's own counts,
    planned ones with the uplift that they will have there. `told`: what kinds teach, where many selections are asked for."""
    known = stored(warehouse.dataset) if events is None else events
    mine = [event for event in known if not event.product or not filters.products or event.product in filters.products]
    there = {product: _is_there(warehouse, filters, product) for product in {event.product for event in mine}}
    mine = [event for event in mine if there[event.product]]
    if not mine:
        return ()
    last = min(last_day_of(warehouse), filters.end or date.max)
    planned = [event for event in mine if event.start > last]
    if told is None:
        told = learned(warehouse, known, last) if any(event.uplift is None for event in planned) else Learned((), ())
    put = {event: _in_selection(warehouse, filters, event, told, last) for event in planned}
    return tuple(put.get(event) or replace(event, uplift=None, product="") for event in mine)


def _is_there(warehouse: Warehouse, filters: Filters, product: str) -> bool:
    """Whether a product makes a part of the selection that its events could move: elsewhere they would teach noise."""
    if not product or filters.products == (product,):
        return True
    whole, part = _counts(warehouse, filters), _counts(warehouse, _of_product(filters, product))
    return whole is not None and part is not None and part.sum() >= SMALLEST_SHARE * whole.sum() > 0


def _in_selection(
    warehouse: Warehouse, filters: Filters, event: CalendarEvent, told: Learned, last: date
) -> CalendarEvent:
    """A planned event with its effect on the selection's counts instead of on its product's."""
    uplift, sd, source = event.uplift, event.uplift_sd, "as planned"
    if uplift is None:
        effect = next((kind for kind in told.kinds if kind.kind == event.kind), None)
        if effect is None or effect.events == 0:
            return replace(event, product="")
        uplift, sd = effect.mean_uplift, effect.sd_uplift
        source = f"as {effect.events} past {'one' if effect.events == 1 else 'ones'} of its kind taught"
    share = _product_share(warehouse, filters, event.product, last) * _mix_ratio(warehouse, filters, event, last)
    if event.product and abs(share - 1) > 0.005:
        source += f" ({change(uplift)} for {event.product}, whose part of these tickets counts)"
    return replace(event, uplift=max(uplift * share, -1.0), uplift_sd=sd * share, source=source, product="")


def _product_share(warehouse: Warehouse, filters: Filters, product: str, last: date) -> float:
    """The share that a product's tickets have in a selection, over its last eight weeks."""
    if not product or filters.products == (product,):
        return 1.0
    recent = filters.with_period(None, last)
    whole, part = _counts(warehouse, recent), _counts(warehouse, _of_product(recent, product))
    if whole is None or part is None or whole.tail(SHARE_DAYS).sum() <= 0:
        return 0.0
    return float(part.reindex(whole.index, fill_value=0).tail(SHARE_DAYS).sum() / whole.tail(SHARE_DAYS).sum())


def _mix_ratio(warehouse: Warehouse, filters: Filters, event: CalendarEvent, last: date) -> float:
    """How much more of the extra visits come to the selection's one tier than usual; 1 for tickets or the usual mix."""
    if len(filters.tiers) != 1 or not event.tier_mix:
        return 1.0
    usual = tier_visits_mix(warehouse, event.product, last).get(filters.tiers[0], 0.0)
    return dict(event.tier_mix).get(filters.tiers[0], 0.0) / usual if usual > 0 else 0.0


def tier_visits_mix(warehouse: Warehouse, product: str, last: date) -> dict[str, float]:
    """Shares of tier visits by tier over the last half year, of one product or of all."""
    start = last - timedelta(days=daily.RECENT_DAYS)
    frame = questions.visits_by_day(warehouse, _of_product(NO_FILTER, product).with_period(start, last))
    by_tier = frame.groupby("tier")["visits"].sum()
    return {str(tier): float(visits) / float(by_tier.sum()) for tier, visits in by_tier.items()}


def offered(warehouse: Warehouse, events: Sequence[CalendarEvent], most: int = 12) -> tuple[OfferedSpike, ...]:
    """Past spikes of all tickets and of each product that touch no known event, largest excess first.

    A spike of one product is offered as that product's, not once more as all tickets'.
    """
    found: list[OfferedSpike] = []
    names = questions.filter_values(warehouse)
    products = [str(name) for name in names.loc[names["attribute"] == "product", "value"] if name != "(not given)"]
    for product in [*products[:30], ""]:
        counts = _counts(warehouse, _of_product(NO_FILTER, product))
        if counts is None or counts.mean() < FEWEST_TICKETS_PER_DAY:
            continue
        known = [event for event in events if not product or event.product in ("", product)]
        spikes = [one for one in find_past_spikes(prepare(counts)) if not _touches(one, known)]
        found += [OfferedSpike(product, one) for one in spikes if product or not _among(one, found)]
    return tuple(sorted(found, key=lambda one: -one.spike.extra_count)[:most])


def _touches(spike: FoundSpike, events: Sequence[CalendarEvent]) -> bool:
    """Whether a known event was at work on the spike's first days, or began within a day of it."""
    end = spike.start + timedelta(days=spike.days)
    return any(event.start - timedelta(days=1) <= end and spike.start <= last_day(event) for event in events)


def _among(spike: FoundSpike, found: Sequence[OfferedSpike]) -> bool:
    end = spike.start + timedelta(days=spike.days - 1)
    return any(
        one.spike.start <= end and spike.start <= one.spike.start + timedelta(days=one.spike.days - 1) for one in found
    )


def effects_table(counts: pd.Series, events: Sequence[CalendarEvent], forecast: Forecast) -> pd.DataFrame:
    """What each event does to a forecast. One row per event that touches its days: event, kind, start, extra_tickets with
    its 80 % interval (of the uplift alone), peak_uplift, sentence."""
    effects = effects_ahead(prepare(counts), events, forecast.horizon)
    mean = forecast.points["mean"].to_numpy(dtype=float)
    rows = [_effect_row(one, mean) for one in effects]
    columns = ["event", "kind", "start", "extra_tickets", "extra_low", "extra_high", "peak_uplift", "sentence"]
    return pd.DataFrame(rows, columns=columns)


def _effect_row(one: Any, mean: np.ndarray) -> dict[str, Any]:
    """Extra counts at the uplift and 1.28 standard deviations below and above it, on the forecast without the event."""
    without = mean / np.maximum(1 + one.uplift * one.shape, 0.02)
    extra = [
        float(np.sum(without * max(one.uplift + step * one.sd_uplift, -1.0) * one.shape))
        for step in (0.0, -1.2816, 1.2816)
    ]
    peak = one.uplift * float(one.shape.max())
    return {
        "event": one.event.label or one.event.name, "kind": one.event.kind, "start": pd.Timestamp(one.event.start),
        "extra_tickets": extra[0], "extra_low": extra[1], "extra_high": extra[2], "peak_uplift": peak,
        "sentence": one.sentence,
    }  # fmt: skip


def last_day_of(warehouse: Warehouse) -> date:
    """The data's last day; NotEnoughData where there is none."""
    last = questions.period_bounds(warehouse).iloc[0]["last_day"]
    if pd.isna(last):
        raise NotEnoughData("The dataset holds no tickets.", todo="Import a history first.")
    return pd.Timestamp(last).date()


def _of_product(filters: Filters, product: str) -> Filters:
    return replace(filters, products=(product,)) if product else filters


def _counts(warehouse: Warehouse, filters: Filters) -> pd.Series | None:
    """Daily counts of a selection (of one tier's visits where it names one); None where it is empty."""
    try:
        return daily.daily_counts(warehouse, filters, daily.one_tier(filters))[0]
    except NotEnoughData:
        return None
