"""What the values say: which texts stand for nothing, what the statuses mean, in which order dates are written, and where."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.ingest.detection.columns import TIMES
from analytics.ingest.detection.proposal import Choice, Question
from analytics.ingest.detection.sample import Sample
from analytics.ingest.mapping import Mapping
from analytics.ingest.read import Source
from analytics.ingest.words import DENIED, MISSING_WORDS, STATUS_KINDS, STATUS_PHRASES, folded
from analytics.model import KINDS

MAX_STATUSES = 200
"""More different statuses than this are no statuses; they stay `changed` and are listed by the import."""


def with_missing(mapping: Mapping, sample: Sample, said: list[Choice]) -> Mapping:
    """The mapping with the texts that stand for nothing in its columns."""
    columns = [name for name in mapping.source_columns() if name in sample.frame.columns]
    seen = (sample.frame[name] for name in columns)
    counts = Counter(word for texts in seen for word in texts[texts.isin(MISSING_WORDS)])
    there = tuple(word for word in MISSING_WORDS if counts[word] and word not in mapping.source.missing)
    if not there:
        return mapping
    shown = ", ".join(f"'{word}' {counts[word]:,} times" for word in there)
    said.append(Choice("missing", " ".join(there), 0.9, f"these stand where a value is missing: {shown}"))
    return replace(mapping, source=replace(mapping.source, missing=(*mapping.source.missing, *there)))


def joined(mapping: Mapping, frame: pd.DataFrame, name: str) -> pd.Series:
    """The texts of a canonical column, several source columns joined as the import joins them, missing ones left out."""
    absent = ("", *mapping.source.missing)
    parts = [frame[column].str.strip() for column in mapping.columns[name]]
    if len(parts) == 1:
        return parts[0][~parts[0].isin(absent)]
    mark = " " if name in TIMES else "/"
    rows = zip(*parts, strict=True)
    texts = pd.Series([mark.join(part for part in row if part not in absent) for row in rows], index=frame.index)
    return texts[texts != ""]


# ── Kinds ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def words_of(mapping: Mapping, sample: Sample, role: str) -> Counter[str]:
    """How many rows say what for a role (status, team, tier): in its own column, or as the new value of a field that means it."""
    columns = mapping.source_columns(("status", "team", "tier", "field", "new"))
    found: Counter[str] = Counter()
    for frame in sample.pieces(columns):
        found.update(_said(mapping, frame, role).value_counts().to_dict())
    return found


def _said(mapping: Mapping, frame: pd.DataFrame, role: str) -> pd.Series:
    if role in mapping.columns:
        return joined(mapping, frame, role)
    if not {"field", "new"} <= mapping.columns.keys():
        return pd.Series([], dtype="str")
    fields, new = joined(mapping, frame, "field"), joined(mapping, frame, "new")
    return new[new.index.isin(fields[fields.map(mapping.field_of) == role].index)]


def with_kinds(mapping: Mapping, sample: Sample, said: list[Choice]) -> Mapping:
    """The mapping with a kind for each status that is recognised; the others are listed and stay `changed`."""
    found = [status for status, _ in words_of(mapping, sample, "status").most_common()]
    known = {status.casefold() for status in mapping.kinds}
    new = [status for status in found if status.casefold() not in known and status.casefold() not in KINDS]
    own = {status: status.casefold() for status in found if status.casefold() in KINDS}
    told = dict(mapping.kinds) | {status: kind for status, kind in own.items() if status.casefold() not in known}
    if len(found) > MAX_STATUSES:
        said.append(Choice("kinds", "changed", 0.2, f"{len(found):,} different statuses are too many to be statuses"))
        return replace(mapping, kinds=told)
    opened = any(
        folded(status).startswith(("new", "neu", "nouveau", "nuev", "nuov", "nov", "nieuw", "ny")) for status in found
    )
    for status in new:
        kind, confidence, reason = kind_of(status, opened=opened)
        said.append(Choice(f"status '{status}'", kind, confidence, reason))
        if kind != "changed":
            told[status] = kind
    return replace(mapping, kinds=told)


_OPEN = ("open", "offen", "ouvert", "ouverte", "abierto", "abierta", "aperto", "aperta", "aberto", "aberta", "oppen")


def kind_of(status: str, *, opened: bool = False) -> tuple[str, float, str]:
    """The kind of event that a status stands for, how sure, and why; `changed` where it is not recognised.

    `opened`: the file has a status "new" as well, so that "open" is what comes after it.
    """
    word = folded(status)
    if word in _OPEN and opened:
        return "acknowledged", 0.6, "there is a status for new ones too: an open one is being worked on"
    if word in STATUS_KINDS:
        return STATUS_KINDS[word], 0.9, "a usual word for it"
    last = folded(status.rpartition("/")[2])
    if "/" in status and last in STATUS_KINDS:
        return STATUS_KINDS[last], 0.75, f"its last part '{status.rpartition('/')[2]}' is a usual word for it"
    ends = ("resolved", "closed") if DENIED.search(word) else ()
    kinds = [kind for kind, form in STATUS_PHRASES if form.search(word) and kind not in ends]
    if kinds:
        return kinds[0], 0.6, "a part of it is a usual word for it"
    if ends:
        return "changed", 0.5, "it says that the ticket is not solved"
    return "changed", 0.2, "not recognised: it neither resolves nor reopens a ticket"


# ── Dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

_NUMERIC = r"^\s*(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{4}|\d{2})(\s|,|T|$)"
_BEGINS_NUMERIC = r"^\W*\d{1,2}[-/.]\d{1,2}[-/.]\d\d"
LOOKED_AT_FOR_PROOF = 300_000
"""Rows searched for a date that proves the order; the import searches them all."""


@dataclass(frozen=True)
class Proof:
    """The first date that can be read one way only."""

    order: str
    text: str
    line: int


def date_order(mapping: Mapping, sample: Sample, said: list[Choice]) -> tuple[Mapping, tuple[Question, ...]]:
    """The mapping with the order of day and month where a row proves it; a question where dates are ambiguous in all rows.

    Where the mapped columns prove nothing, any other column of dates may: a file is written by one program.
    """
    columns = [column for name in TIMES for column in mapping.columns.get(name, ())]
    if mapping.source.date_order or not columns:
        return mapping, ()
    proofs, example = _search(sample.source, columns)
    if example and not proofs:
        others = [c.name for c in sample.columns.values() if c.times > 0.6 and c.name not in columns]
        proofs = _search(sample.source, others)[0] if others else {}
    if len(proofs) > 1:
        both = " and ".join(f"'{proof.text}' in line {proof.line:,}" for proof in proofs.values())
        reason = f"{both} contradict each other: each column is read by what most of its rows prove"
        said.append(Choice("date order", "mixed", 0.3, reason))
        return mapping, ()
    if proofs:
        proof = next(iter(proofs.values()))
        words = {"dmy": "day first", "mdy": "month first"}[proof.order]
        said.append(Choice("date order", proof.order, 0.98, f"{words}, as line {proof.line:,} proves: '{proof.text}'"))
        return replace(mapping, source=replace(mapping.source, date_order=proof.order)), ()
    return _asked(mapping, sample, said, *example) if example else (mapping, ())


def _asked(
    mapping: Mapping, sample: Sample, said: list[Choice], text: str, line: int
) -> tuple[Mapping, tuple[Question, ...]]:
    """The question, with the likely answer first and in the mapping where the rows stand in order of time by it alone."""
    question = _question(text, line)
    order = order_by_sequence(mapping, sample)
    if not order:
        return mapping, (question,)
    words = {"dmy": "day first", "mdy": "month first"}[order]
    said.append(
        Choice("date order", order, 0.7, f"{words}: no date proves it, but only so are the rows in order of time")
    )
    options = tuple(sorted(question.options, key=lambda option: option != order))
    likely = replace(mapping, source=replace(mapping.source, date_order=order))
    return likely, (replace(question, options=options, proof=f"{question.proof} {said[-1].reason.capitalize()}."),)


_LEAST_STEPS = 5
"""Changes of day from which an order of rows is one."""


def order_by_sequence(mapping: Mapping, sample: Sample) -> str | None:
    """The order of day and month by which the file's rows, or each ticket's, never go back in time (or never forward), where
    by the other one they do; None where both or neither holds."""
    name = next(name for name in TIMES if name in mapping.columns)
    parts = joined(mapping, sample.frame, name).str.extract(_NUMERIC)[["a", "b", "c"]].dropna().astype(int)
    days = {
        "dmy": parts["c"] * 10_000 + parts["b"] * 100 + parts["a"],
        "mdy": parts["c"] * 10_000 + parts["a"] * 100 + parts["b"],
    }
    tickets = sample.frame[mapping.columns["ticket_id"][0]] if "ticket_id" in mapping.columns else None
    for groups in (None, tickets):
        turns = {order: _turns(told, groups) for order, told in days.items()}
        (one, straight), (_, crooked) = sorted(turns.items(), key=lambda turn: turn[1][0])
        if straight[0] == 0 and straight[1] >= _LEAST_STEPS and crooked[0] >= 2:
            return one
    return None


def _turns(days: pd.Series, groups: pd.Series | None) -> tuple[int, int]:
    """Steps against the usual direction of time, and all steps to another day, from row to row of the file or of each group."""
    told = days if groups is None else days.groupby(groups[days.index])
    steps = told.diff().dropna()
    up, down = int((steps > 0).sum()), int((steps < 0).sum())
    return min(up, down), up + down


def _question(text: str, line: int) -> Question:
    a, b = (int(part) for part in re.split(r"[-/.]", text.strip())[:2])
    months = pd.date_range("2000-01-01", periods=12, freq="MS").month_name()
    sentence = f"Is '{text}' the {a} {months[b - 1]} or the {b} {months[a - 1]}?"
    return Question(
        "date_order", sentence, ("dmy", "mdy"), f"No date in the file has a day above 12; first seen in line {line:,}."
    )


def _search(source: Source, columns: Sequence[str]) -> tuple[dict[str, Proof], tuple[str, int] | None]:
    """The first proof of each order in the first rows, and an ambiguous date."""
    proofs: dict[str, Proof] = {}
    example: tuple[str, int] | None = None
    for texts, lines in _times(source, columns):
        parts = texts.str.extract(_NUMERIC)[["a", "b"]].dropna().astype(int)
        for place, order in (("a", "dmy"), ("b", "mdy")):
            proven = parts.index[
                (parts[place] > 12) & (parts[place] < 32) & (parts["b" if place == "a" else "a"] <= 12)
            ]
            if order not in proofs and len(proven):
                proofs[order] = Proof(order, texts[proven[0]].strip(), int(lines[proven[0]]))
        if example is None and len(different := parts.index[(parts["a"] != parts["b"]) & (parts.max(axis=1) <= 12)]):
            example = texts[different[0]].strip(), int(lines[different[0]])
        if proofs or (example is None and not len(parts)):
            break
    return proofs, example


def _times(source: Source, columns: Sequence[str]) -> Iterator[tuple[pd.Series, pd.Series]]:
    """The texts of the time columns that begin as a date in numbers does, with the line of each, chunk by chunk, the columns
    below each other."""
    seen = 0
    for chunk in source.chunks():
        there = [chunk.table.column(name) for name in columns if name in chunk.table.column_names]
        texts = pc.fill_null(pa.concat_arrays(list(itertools.chain(*(column.chunks for column in there)))), "")
        lines = pa.concat_arrays([chunk.lines] * len(there))
        dates = pc.match_substring_regex(texts, _BEGINS_NUMERIC)  # ISO times, most of all, need no closer look
        texts, lines = texts.filter(dates), lines.filter(dates)
        yield texts.to_pandas(), lines.to_pandas()
        seen += chunk.table.num_rows
        if seen >= LOOKED_AT_FOR_PROOF:
            return


# ── Time zones ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_OFFSET = re.compile(r".*\d ?(Z|[+-]\d{2}:?\d{2})$|\d{9,16}(\.\d+)?")
_IN_NAME = re.compile(r"(?i)\b(utc|gmt)\b")


def timezone(mapping: Mapping, sample: Sample, said: list[Choice]) -> Mapping:
    """The mapping with the time zone where the file tells it: by the header, or by who wrote it."""
    times = [name for name in TIMES if name in mapping.columns]
    texts = [text for name in times for text in joined(mapping, sample.frame, name).head(500)]
    if not texts or mapping.source.timezone:
        if mapping.source.timezone:
            said.append(Choice("time zone", mapping.source.timezone, 0.8, "this export writes its times so"))
        return mapping
    if all(_OFFSET.fullmatch(text) for text in texts):
        said.append(Choice("time zone", "in the times", 0.98, "each time carries its own offset"))
        return mapping
    named = [c for name in times for c in mapping.columns[name] if _IN_NAME.search(c)]
    if named or any(folded(column) == "fivetran_synced" for column in sample.header):
        reason = f"'{named[0]}' says so" if named else "Fivetran writes all times in UTC"
        said.append(Choice("time zone", "UTC", 0.9, reason))
        return replace(mapping, source=replace(mapping.source, timezone="UTC"))
    said.append(Choice("time zone", "UTC", 0.3, "the times carry no offset and nothing tells where they were written"))
    return mapping
