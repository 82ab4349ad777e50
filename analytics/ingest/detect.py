"""What a file is: its shape, what each column means, how its times are written, and why we think so.

Everything is a proposal: it is shown with its reason and confidence, and changed by whoever knows better. Nothing is
guessed silently: a status that is not recognised stays "changed", a team whose name says nothing stays without a tier.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analytics.errors import ImportRefused, MappingError
from analytics.ingest.mapping import REQUIRED, Mapping, SourceOptions, TierRules, load_preset, parse_tier, preset_names
from analytics.ingest.read import Source
from analytics.ingest.words import COLUMN_WORDS, MISSING_WORDS, STATUS_KINDS, TEAM_RULES, folded

LOOKED_AT_ROWS = 20_000
_GENERIC = ("events", "tickets", "volume")
"""Presets that any file would fit by its canonical names; only looked at by those names."""


@dataclass(frozen=True)
class Choice:
    """One decision: what it is about, what was chosen, how sure (0-1), and why."""

    what: str
    value: str
    confidence: float
    reason: str

    def __str__(self) -> str:
        return f"{self.what} = {self.value}: {self.reason}"


@dataclass(frozen=True)
class Question:
    """What nothing in the file proves, with the possible answers, the usual one first."""

    what: str
    sentence: str
    options: tuple[str, ...]
    proof: str = ""


@dataclass(frozen=True)
class Proposal:
    """What a file seems to be. `mapping` is complete: it can be imported as it stands."""

    mapping: Mapping
    shape: str
    preset: str | None
    choices: tuple[Choice, ...]
    questions: tuple[Question, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """The choices as sentences."""
        return tuple(map(str, self.choices))


def detect(source: Source, *, known: Sequence[Mapping] = ()) -> Proposal:
    """What the file is. A known mapping whose columns are all there comes first, then vendors' presets, then the words of
    the header and the values. ImportRefused where it is of no shape."""
    sample = first_rows(source)
    for mapping in known:
        if _fits(mapping, source) == 1:
            reason = f"all {len(mapping.columns)} columns of the mapping '{mapping.name}' are there"
            return _proposal(source, sample, mapping, None, Choice("mapping", mapping.name, 1.0, reason))
    best = max(_preset_scores(source), default=(0.0, ""))
    if best[0] >= 0.75:
        reason = f"the header has {best[0]:.0%} of the columns of this export"
        return _proposal(source, sample, load_preset(best[1]), best[1], Choice("export", best[1], best[0], reason))
    return _by_words(source, sample)


def first_rows(source: Source, most: int = LOOKED_AT_ROWS) -> pd.DataFrame:
    """The first rows as a frame of text."""
    chunk = next(iter(source.chunks()), None)
    if chunk is None or not chunk.table.num_rows:
        why = chunk.malformed[0].reason if chunk and chunk.malformed else "it has a header and no rows"
        raise ImportRefused(
            f"{source.name} holds no rows.", found=f"Looked at it: {why}.", todo="Export it again, with rows."
        )
    return chunk.table.slice(0, most).to_pandas().fillna("")


def _fits(mapping: Mapping, source: Source) -> float:
    """Share of a mapping's columns that the header has; 0 where a needed one is missing."""
    try:
        bound = mapping.bound(source.columns, file=source.name, lenient=True)
    except MappingError:
        return 0.0
    return len(bound.columns) / max(1, len(mapping.columns))


def _preset_scores(source: Source) -> list[tuple[float, str]]:
    return [(_fits(load_preset(name), source), name) for name in preset_names() if name not in _GENERIC]


# ---- by words -------------------------------------------------------------------------------------------------------


def _by_words(source: Source, sample: pd.DataFrame) -> Proposal:
    named = _named_columns(source.columns)
    shape, why = _shape(named, sample)
    choices = [Choice("shape", shape, 0.9, why)]
    columns = _columns_for(shape, named, sample)
    missing = [name for name in REQUIRED[shape] if name not in columns]
    if missing:
        raise _no_shape(source, missing, shape)
    for name, (column, confidence, reason) in columns.items():
        choices.append(Choice(name, column, confidence, reason))
    mapping = Mapping(source.name, shape, columns={name: (found[0],) for name, found in columns.items()})
    return _proposal(source, sample, mapping, None, *choices)


def _no_shape(source: Source, missing: list[str], shape: str) -> ImportRefused:
    shown = ", ".join(f"'{name}'" for name in source.columns[:12])
    return ImportRefused(
        f"No column of {source.name} looks like {' or '.join(missing)}.",
        found=f"Taken as {shape}; its columns are {shown}{', …' if len(source.columns) > 12 else ''}.",
        todo="Name the columns in a mapping, or choose them on the import page.",
    )


def _named_columns(header: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """For each canonical name the columns whose names speak for it: (rank of the word, column), the best first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for column in header:
        word = folded(re.sub(r" \(\d+\)$", "", column))
        for name, words in COLUMN_WORDS.items():
            if word in words:
                found.setdefault(name, []).append((words.index(word), column))
    return {name: sorted(places, key=lambda place: place[0]) for name, places in found.items()}


def _shape(named: dict[str, list[tuple[int, str]]], sample: pd.DataFrame) -> tuple[str, str]:
    """The shape and the reason for it."""
    if "field" in named and "new" in named:
        return "changes", "one column names the field that changed, another its new value"
    if "start" in named and "end" in named and "ticket_id" in named:
        return "stays", "each row has a start and an end"
    if "ticket_id" not in named and "count" in named:
        return "volume", "there are counts and no ticket numbers"
    ticket = named.get("ticket_id", [(0, "")])[0][1]
    once = bool(ticket) and len(sample) > 1 and sample[ticket].is_unique
    if once and "created_at" in named and "kind" not in named and not _has_exact(named, "at"):
        return "tickets", f"every '{ticket}' stands in one row, with the time of its creation"
    return "events", "the same ticket stands in several rows, each with a time" if not once else "each row is one event"


def _has_exact(named: dict[str, list[tuple[int, str]]], name: str) -> bool:
    return any(folded(column) == name for _, column in named.get(name, ()))


def _columns_for(
    shape: str, named: dict[str, list[tuple[int, str]]], sample: pd.DataFrame
) -> dict[str, tuple[str, float, str]]:
    """The column for each canonical name that the shape may have. A column is used once, the needed names choose first."""
    from analytics.ingest.mapping import CANONICAL

    order = sorted(CANONICAL[shape], key=lambda name: name not in REQUIRED[shape])
    if shape == "events":  # a column named "created" may be either time: the event's own comes first
        order.insert(0, order.pop(order.index("created_at")) if _is_constant(named, sample) else "at")
    taken: dict[str, tuple[str, float, str]] = {}
    for name in dict.fromkeys(order):
        for rank, column in named.get(name, ()):
            if column not in {place[0] for place in taken.values()} and _values_fit(name, sample[column]):
                exact = folded(column) == name
                reason = "it is named so" if exact else f"'{column}' is a usual name for it"
                taken[name] = (column, 1.0 if exact else max(0.6, 0.9 - 0.02 * rank), reason)
                break
    return taken


def _is_constant(named: dict[str, list[tuple[int, str]]], sample: pd.DataFrame) -> bool:
    """Whether the best column for the creation says the same in all rows of a ticket while another time is there: a final or
    first value that is repeated on every row is no event time."""
    if "created_at" not in named or "ticket_id" not in named or len(named.get("at", ())) < 2:
        return False
    column, ticket = named["created_at"][0][1], named["ticket_id"][0][1]
    several = sample[sample[ticket].duplicated(keep=False)]
    return len(several) > 0 and bool((several.groupby(ticket)[column].nunique() <= 1).all())


_TIMES = {"at", "created_at", "start", "end", "first_response_at", "resolved_at", "closed_at"}
_TIME_LIKE = re.compile(r"\d{1,4}[-/.]\w{1,9}[-/.]\d{1,4}|^\d{5}(?:\.\d+)?$|^\d{10}(?:\d{3}){0,2}$|^\d{8}(?:T\d+)?")


def _values_fit(name: str, values: pd.Series) -> bool:
    """Whether a column's values can be what its name says: times look like times, counts like numbers."""
    told = values[~values.isin(("", *MISSING_WORDS))].head(500)
    if told.empty:
        return name not in _TIMES and name != "ticket_id"
    if name in _TIMES:
        return bool(told.str.contains(_TIME_LIKE).mean() > 0.5)
    if name in ("count", "effort_minutes", "reassignments", "reopens"):
        return bool(pd.to_numeric(told, errors="coerce").notna().mean() > 0.8)
    if name == "tier":
        return bool(told.map(lambda text: parse_tier(text) is not None).mean() > 0.8)
    return True


# ---- the rest of the mapping ------------------------------------------------------------------------------------------


def _proposal(source: Source, sample: pd.DataFrame, mapping: Mapping, preset: str | None, *choices: Choice) -> Proposal:
    """The mapping completed by what the values say: missing markers, kinds, tiers, date order."""
    said = list(choices)
    bound = mapping.bound(source.columns, file=source.name, lenient=True)
    bound = _with_missing(bound, sample, said)
    bound = _with_kinds(bound, sample, said)
    bound = _with_tiers(bound, sample, said)
    questions = _date_question(bound, sample, said)
    found = source.options or SourceOptions()
    options = replace(bound.source, delimiter=found.delimiter, encoding=found.encoding)
    if found.delimiter:
        shown = {"\t": "tab"}.get(found.delimiter, found.delimiter)
        said.append(Choice("delimiter", shown, 0.95, f"it cuts the rows into {len(source.columns)} columns each"))
    return Proposal(replace(bound, source=options), bound.shape, preset, tuple(said), questions)


def _with_missing(mapping: Mapping, sample: pd.DataFrame, said: list[Choice]) -> Mapping:
    columns = list(mapping.source_columns())
    there = [word for word in MISSING_WORDS if (sample[columns] == word).any(axis=None)]
    if not there:
        return mapping
    said.append(Choice("missing", " ".join(there), 0.9, "these stand where a value is missing"))
    words = tuple(dict.fromkeys((*mapping.source.missing, *there)))
    return replace(mapping, source=replace(mapping.source, missing=words))


def joined(mapping: Mapping, sample: pd.DataFrame, name: str) -> pd.Series:
    """The texts of a canonical column, several source columns joined with "/", missing ones left out."""
    first, *others = mapping.columns[name]
    text = sample[first]
    if others:
        text = text.str.cat([sample[column] for column in others], sep="/")
    return text[~text.isin(("", *mapping.source.missing))]


def _with_kinds(mapping: Mapping, sample: pd.DataFrame, said: list[Choice]) -> Mapping:
    if "status" not in mapping.columns or mapping.shape in ("volume", "tickets"):
        return mapping
    statuses = [text for text in joined(mapping, sample, "status").unique() if text not in mapping.kinds]
    known = {status: kind for status in statuses if (kind := STATUS_KINDS.get(folded(status)))}
    for status, kind in known.items():
        said.append(Choice(f"status '{status}'", kind, 0.85, "a usual word for it"))
    for status in statuses:
        if status not in known:
            said.append(Choice(f"status '{status}'", "changed", 0.3, "not recognised: it neither resolves nor reopens"))
    return replace(mapping, kinds={**known, **mapping.kinds})


def _with_tiers(mapping: Mapping, sample: pd.DataFrame, said: list[Choice]) -> Mapping:
    if "tier" in mapping.columns or "team" not in mapping.columns or mapping.tiers.names_teams:
        return mapping
    teams = list(joined(mapping, sample, "team").unique())
    rules = tuple((pattern, tier) for pattern, tier in TEAM_RULES if any(_named_so(pattern, team) for team in teams))
    named = [team for team in teams if any(_named_so(pattern, team) for pattern, _ in rules)]
    if not named or {tier for _, tier in rules} == {"L1"}:
        said.append(Choice("tiers", "none", 0.5, "the teams' names do not tell their tiers; say them yourself"))
        return mapping
    reason = f"{len(named)} of {len(teams)} teams say it in their names; the others are taken as L1"
    said.append(Choice("tiers", "by the team's name", len(named) / len(teams), reason))
    return replace(mapping, tiers=TierRules(rules=rules, default="L1"))


def _named_so(pattern: str, team: str) -> bool:
    return re.search(rf"(?<![a-z0-9]){re.escape(pattern)}(?![a-z0-9])", team.casefold()) is not None


_NUMERIC_DATE = re.compile(r"^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{2,4})\b")


def _date_question(mapping: Mapping, sample: pd.DataFrame, said: list[Choice]) -> tuple[Question, ...]:
    """Whether 03/04 is in March or April: proven by a day above 12, else asked."""
    times = [name for name in mapping.columns if name in _TIMES]
    if mapping.source.date_order or not times:
        return ()
    texts = pd.concat([joined(mapping, sample, name) for name in times])
    parts = texts.str.extract(_NUMERIC_DATE).dropna()
    if parts.empty:
        return ()
    for place, order in ((0, "dmy"), (1, "mdy")):
        proof = parts[parts[place].astype(int) > 12]
        if len(proof):
            text = texts.loc[proof.index[:1]].iloc[0]
            said.append(Choice("date order", order, 0.95, f"'{text}' cannot be read otherwise"))
            return ()
    example = texts.loc[parts.index[0]]
    text = example if isinstance(example, str) else example.iloc[0]
    return (
        Question("date_order", f"Is '{text}' day first or month first?", ("dmy", "mdy"), "No date of the file tells."),
    )


__all__ = ["Choice", "Proposal", "Question", "SourceOptions", "detect"]
