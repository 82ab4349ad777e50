"""What a dataset is after an import of several files: one time zone, one mapping that speaks of the words of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from analytics.errors import ImportRefused
from analytics.ingest.derive import get_meta, set_meta
from analytics.ingest.mapping import Mapping, TierRules
from analytics.ingest.report import Account


@dataclass(frozen=True)
class Taken:
    """One file's account, the mapping it was read with (None for a roster), and what there is to say about it."""

    account: Account
    mapping: Mapping | None
    notes: tuple[str, ...]


def settle(
    con: duckdb.DuckDBPyConnection, taken: Sequence[Taken], asked_zone: str | None
) -> tuple[Mapping, str, list[str]]:
    """The dataset's mapping and time zone after these files, noted in it; and what there is to say.

    ImportRefused where the files' clocks are of different zones, or where there are no tickets to put a roster beside.
    """
    notes = list(dict.fromkeys(note for one_file in taken for note in one_file.notes))
    read = [(one.account.file, one.mapping) for one in taken if one.mapping]
    if not read:
        return _only_beside(con, taken, notes)
    mapping, before = joined([mapping for _, mapping in read]), get_meta(con).get("timezone")
    told = asked_zone or _zone(read)
    zone = told or before or "UTC"
    if not told:
        notes.append(f"No time zone was named: times without an offset are read as {zone}.")
    if before and before != zone:
        notes.append(f"The dataset's time zone changes from {before} to {zone}: all its times are placed anew.")
    mapping = replace(mapping, source=replace(mapping.source, timezone=zone))
    set_meta(con, timezone=zone, mapping_toml=mapping.to_toml(), shape=mapping.shape)
    return mapping, zone, [*notes, *_disagreements(read)]


def _only_beside(
    con: duckdb.DuckDBPyConnection, taken: Sequence[Taken], notes: list[str]
) -> tuple[Mapping, str, list[str]]:
    """Where only a roster came, the dataset stays what it was; there must be one."""
    meta = get_meta(con)
    if "timezone" not in meta:
        raise ImportRefused(
            f"{taken[0].account.file} is a roster, and the dataset holds no tickets yet.",
            found="A roster says how many hours each tier is staffed; it is kept beside the tickets.",
            todo="Import it together with the ticket history, or name a dataset that has one.",
        )
    saved = meta.get("mapping_toml")
    mapping = Mapping.from_toml(saved, "roster") if saved else Mapping("roster", meta.get("shape", "events"))
    return mapping, meta["timezone"], notes


def _zone(read: Sequence[tuple[str, Mapping]]) -> str | None:
    """The one zone that the files' mappings name. A dataset has one, and a clock read in another would be hours off."""
    named = {mapping.source.timezone: file for file, mapping in reversed(read) if mapping.source.timezone}
    if len(named) > 1:
        raise ImportRefused(
            "The times of these files are of different zones.",
            found="; ".join(f"{file}: {zone}" for zone, file in named.items()) + ".",
            todo="Import them into datasets of their own, or name one zone for all, if they are on one clock.",
        )
    return next(iter(named), None)


def joined(mappings: Sequence[Mapping]) -> Mapping:
    """The first mapping with the words of all: where two speak of one word, the later one holds, as in the rows."""
    if len(mappings) == 1:
        return mappings[0]
    rules = [mapping.tiers for mapping in mappings]
    tiers = TierRules(
        teams={team: tier for one in rules for team, tier in one.teams.items()},
        rules=tuple(dict.fromkeys(rule for one in reversed(rules) for rule in one.rules)),
        default=next((one.default for one in reversed(rules) if one.default), None),
        values={word: tier for one in rules for word, tier in one.values.items()},
    )
    kinds = {status: kind for mapping in mappings for status, kind in mapping.kinds.items()}
    return replace(mappings[0], tiers=tiers, kinds=kinds)


def _disagreements(read: Sequence[tuple[str, Mapping]]) -> list[str]:
    """Statuses that two files' mappings mean differently: a dataset knows one meaning per word."""
    said: dict[str, tuple[str, str]] = {}
    odd: list[str] = []
    for file, mapping in read:
        for status, kind in mapping.kinds.items():
            before = said.get(status)
            if before and before[1] != kind:
                odd.append(f"'{status}' ({before[1]} in {before[0]}, {kind} in {file})")
            said[status] = (file, kind)
    if not odd:
        return []
    shown = ", ".join(odd[:5]) + (f" and {len(odd) - 5} more" if len(odd) > 5 else "")
    return [
        f"The files mean different things by a status; the later file's meaning is taken for all: {shown}. "
        "Import them into datasets of their own to keep them apart."
    ]
