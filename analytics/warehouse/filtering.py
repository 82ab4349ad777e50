"""Filters against a dataset: what a filter names must be there, so that a typing error is not an empty page."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.errors import FilterError, did_you_mean
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.store import Warehouse

_FIELDS = {
    "tier": "tiers", "team": "teams", "priority": "priorities", "product": "products", "category": "categories",
    "channel": "channels",
}  # fmt: skip


def custom_filters(texts: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`["Region=EU", "Region=US"]` as filters on extra columns; FilterError where there is no `=`."""
    wanted: dict[str, list[str]] = {}
    for text in texts:
        column, sign, value = text.partition("=")
        if not sign:
            raise FilterError(f"'{text}' names no value.", todo="Write it as COLUMN=VALUE.")
        wanted.setdefault(column, []).append(value)
    return tuple((column, tuple(values)) for column, values in wanted.items())


def check_filters(warehouse: Warehouse, filters: Filters) -> Filters:
    """The filters themselves; FilterError with the nearest name where one names a value or column that is not there."""
    known = questions.filter_values(warehouse)
    for attribute, field in _FIELDS.items():
        there = list(known.loc[known["attribute"] == attribute, "value"])
        for value in getattr(filters, field):
            if value not in there:
                raise FilterError(f"No ticket has the {attribute} '{value}'.", todo=did_you_mean(value, there))
    columns = questions.custom_columns(warehouse)
    for column, _ in filters.custom:
        if column not in columns:
            raise FilterError(f"The dataset has no extra column '{column}'.", todo=did_you_mean(column, columns))
    return filters
