"""What a file is: its shape, what each column means, how its times are written, and why we think so.

Everything is a proposal: it is shown with its reason and confidence, and changed by whoever knows better. Nothing is
guessed silently: a status that is not recognised stays "changed", a team whose name says nothing stays without a tier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analytics.errors import MappingError
from analytics.ingest.companions import refuse_companion
from analytics.ingest.detection import tiers, values, vendors
from analytics.ingest.detection.proposal import Choice, Proposal, Question
from analytics.ingest.detection.sample import Sample, first_rows
from analytics.ingest.detection.shapes import missing_columns, shape_of
from analytics.ingest.mapping import CANONICAL, REQUIRED, Mapping, load_preset
from analytics.ingest.personal import recognised
from analytics.ingest.read import Source
from analytics.ingest.words import folded

__all__ = ["Choice", "Proposal", "Question", "detect", "fitted_preset"]

_OWN = {"events": "events", "tickets": "tickets", "volume": "volume"}
"""The presets of our own column names, by shape."""


def detect(source: Source, *, known: Sequence[Mapping] = ()) -> Proposal:
    """What the file is. A known mapping whose columns are all there comes first, then the signature of a vendor, then the
    words of the header and the values. ImportRefused where it is of no shape, or holds no tickets, saying what was seen."""
    sample = first_rows(source)
    if found := _known(sample, known):
        mapping, preset, choices = found, None, [_known_choice(found)]
        return _completed(sample, mapping, preset, choices)
    refuse_companion(source)
    if vendor := vendors.recognised(sample):
        mapping, preset, choices = _of_vendor(sample, vendor)
    else:
        mapping, preset, choices = _by_words(sample)
    return _completed(sample, mapping, preset, choices)


def fitted_preset(name: str, source: Source) -> Mapping:
    """A preset with its columns as this file spells them. MappingError where one is missing that it cannot do without."""
    fitted = vendors.fitted(name, source.columns)
    return fitted or load_preset(name).bound(source.columns, file=source.name, lenient=True)


def _known(sample: Sample, known: Sequence[Mapping]) -> Mapping | None:
    """The known mapping with most columns, all of which are there."""
    fitting = []
    for mapping in known:
        try:
            fitting.append(mapping.bound(sample.header, file=sample.source.name))
        except MappingError:
            continue
    return max(fitting, key=lambda mapping: len(mapping.columns), default=None)


def _known_choice(mapping: Mapping) -> Choice:
    return Choice(
        "mapping", mapping.name, 0.99, f"all {len(mapping.columns)} columns of the mapping '{mapping.name}' are there"
    )


def _of_vendor(sample: Sample, vendor: vendors.Recognised) -> tuple[Mapping, str, list[Choice]]:
    """The vendor's preset. Columns that are empty in the whole sample are no use; a needed one stays."""
    mapping = vendor.mapping
    told = {name: _telling(sample, columns) for name, columns in mapping.columns.items()}
    kept = {name: columns for name, columns in told.items() if columns or name in REQUIRED[mapping.shape]}
    columns = {name: columns or mapping.columns[name] for name, columns in kept.items()}
    choices = [Choice("export", vendor.preset, vendor.confidence, vendor.reason)]
    choices += [Choice(name, " + ".join(names), 0.95, "this export names it so") for name, names in columns.items()]
    return replace(mapping, columns=columns), vendor.preset, choices


_DULL = {"complete", "start", "COMPLETE", "START"}


def _telling(sample: Sample, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that say anything: a lifecycle that is always "complete" says nothing about a status."""
    first, *more = columns
    there = [name for name in more if set(sample.columns[name].different) - _DULL]
    return tuple(name for name in (first, *there) if sample.columns[name].different)


def _by_words(sample: Sample) -> tuple[Mapping, str | None, list[Choice]]:
    shape, confidence, reason, found = shape_of(sample)
    if refusal := missing_columns(sample, shape, found):
        raise refusal
    exact = _is_own(sample, shape)
    choices = [Choice("shape", shape, 1.0 if exact else round(confidence, 2), reason)]
    choices += [
        Choice(name, " + ".join(one.columns), round(one.confidence, 2), one.reason) for name, one in found.items()
    ]
    columns = {name: found[name].columns for name in CANONICAL[shape] if name in found}
    return Mapping(sample.source.name, shape, columns=columns), _OWN.get(shape) if exact else None, choices


def _is_own(sample: Sample, shape: str) -> bool:
    """Whether the columns that the shape needs are named as we name them."""
    words = {folded(column) for column in sample.header}
    return set(REQUIRED[shape]) <= words


def _completed(sample: Sample, mapping: Mapping, preset: str | None, choices: list[Choice]) -> Proposal:
    """The mapping completed by what the values say."""
    said = [*_read_so(sample), *choices]
    mapping = values.with_missing(mapping, sample, said)
    mapping = values.with_kinds(mapping, sample, said)
    mapping = tiers.with_tiers(mapping, sample, said)
    mapping = values.timezone(mapping, sample, said)
    mapping, questions = values.date_order(mapping, sample, said)
    read = sample.source.options
    if read:
        options = replace(mapping.source, delimiter=read.delimiter, encoding=read.encoding)
        mapping = replace(mapping, source=options)
    return Proposal(mapping, mapping.shape, preset, tuple(said), questions, recognised(sample.frame))


def _read_so(sample: Sample) -> list[Choice]:
    """How the file was read, and what was left out of it."""
    read, said = sample.source.options, []
    if read and read.delimiter:
        shown = {"\t": "tab", " ": "blank"}.get(read.delimiter, read.delimiter)
        said.append(Choice("delimiter", shown, 0.95, f"it cuts the rows into {len(sample.header)} columns each"))
    if read and read.encoding:
        sure = 0.6 if read.encoding == "cp1252" else 0.95
        said.append(
            Choice("encoding", read.encoding, sure, _ENCODING.get(read.encoding, "it was given, or its mark says so"))
        )
    return said + [Choice("left out", "see the reason", 0.9, note) for note in sample.source.notes]


_ENCODING = {
    "utf-8": "its letters are valid UTF-8",
    "utf-16-le": "every other byte is zero",
    "utf-16-be": "every other byte is zero",
    "cp1252": "it is no valid UTF-8; in Western Europe such files are mostly Windows-1252",
}
