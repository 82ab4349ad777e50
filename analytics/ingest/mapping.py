"""The mapping: which column is what, and how its words become tiers and kinds.

A preset and a user's own mapping have one form, a TOML file. Reading it checks every key, so that a slip is named before
a file is opened; `Mapping.bound` checks it against a file's header. Values are names and words, never numbers: tiers are
"L0" … "L3", kinds those of `model.KINDS`.

    shape = "events"
    title = "…"                       # optional, for people
    [source]    delimiter, encoding, timezone, date_order ("dmy", "mdy" or "ymd"), missing = ["?"]
    [columns]   canonical = "Column" or ["Column", "Column"]   (several are joined with "/")
    [fields]    canonical = ["field name", …]     only `changes`, and `stays` with a `field` column: which field changed
    [tiers]     teams = {…}, rules = [{pattern, tier}, …], default = "L1", values = {"Front office" = "L1"}
    [kinds]     "status" = "kind"; in `changes` a field's name may stand here too: its change gives that kind where the
                status stays the same and is neither pending nor done
    [personal]  drop = ["Column"], hash = ["Column"]    (done before anything is stored)
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping as Dict, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from analytics.errors import MappingError, did_you_mean
from analytics.model import KINDS, TIERS

SHAPES = ("events", "changes", "stays", "tickets", "volume")

COMMON = (
    "ticket_id", "at", "created_at", "kind", "status", "tier", "team", "agent", "agent_role", "priority", "product",
    "category", "channel", "customer", "subject", "text", "note", "csat", "effort_minutes", "escalation_type",
    "knowledge_link",
)  # fmt: skip

CANONICAL: dict[str, tuple[str, ...]] = {
    "events": COMMON,
    "changes": (*COMMON, "field", "old", "new"),
    "stays": (*(name for name in COMMON if name != "at"), "start", "end", "field", "new"),
    "tickets": (*COMMON, "first_response_at", "resolved_at", "closed_at", "reassignments", "reopens"),
    "volume": ("at", "count", "tier", "team", "channel", "product", "category"),
}
"""The canonical columns that each shape may have."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "events": ("ticket_id", "at"),
    "changes": ("ticket_id", "at", "field", "new"),
    "stays": ("ticket_id", "start"),
    "tickets": ("ticket_id", "created_at"),
    "volume": ("at", "count"),
}

FIELD_WORDS: dict[str, tuple[str, ...]] = {
    "status": ("status", "state", "incident_state", "ticket_status", "issue_status"),
    "team": (
        "team", "group", "group_id", "assignment_group", "assigned_team", "assigned_group", "assignee_group", "queue",
        "support_group",
    ),
    "tier": ("tier", "level", "support_tier", "support_level"),
    "agent": ("agent", "assignee", "assignee_id", "assigned_to", "owner", "responder_id", "agent_id"),
    "priority": ("priority", "priority_id", "urgency"),
}  # fmt: skip
"""Names of changed fields that are understood without a [fields] section, in lower case, blanks as underscores."""

FIELDS = ("status", "team", "tier", "agent", "priority", "product", "category", "channel", "customer", "subject")
"""What a changed field may stand for: the state that the changes are folded into."""

_TOP = ("shape", "title", "about", "source", "columns", "fields", "tiers", "kinds", "personal")
_DATE_ORDERS = ("dmy", "mdy", "ymd")


@dataclass(frozen=True)
class SourceOptions:
    """How a file is read. None = to be detected; the empty text always counts as missing, `missing` names further texts."""

    delimiter: str | None = None
    encoding: str | None = None
    timezone: str | None = None
    date_order: str | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class TierRules:
    """How a tier is told. `values` translate a tier column's texts; `teams`, then `rules`, then `default` a team's name.

    `teams`, `rules` and `default` are used only where no tier column is mapped.
    """

    teams: Dict[str, str] = field(default_factory=dict)
    rules: tuple[tuple[str, str], ...] = ()
    default: str | None = None
    values: Dict[str, str] = field(default_factory=dict)

    @property
    def names_teams(self) -> bool:
        """Whether there is anything that could give a team a tier."""
        return bool(self.teams or self.rules or self.default)

    def named(self, team: str) -> str | None:
        """The tier that the table or a rule gives this team, without the default; None where neither does."""
        if team in self.teams:
            return self.teams[team]
        return next((tier for pattern, tier in self.rules if _matches(pattern, team)), None)

    def of_team(self, team: str) -> str | None:
        """The team's tier: the table, else the first rule that matches anywhere in the name, else the default."""
        return self.named(team) or self.default

    def of_value(self, text: str) -> str | None:
        """The tier that a tier column's text means; None where it is unknown."""
        return self.values.get(text) or parse_tier(text)


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error:
        return re.compile(re.escape(pattern), re.IGNORECASE)


def _matches(pattern: str, team: str) -> bool:
    """Literally anywhere in the name or as a regular expression, whatever the case.

    Both, since people write "Support (EMEA)" and "L2|2nd" in the same list and neither form can be told from the other.
    """
    return pattern.casefold() in team.casefold() or _regex(pattern).search(team) is not None


_WORDS = r"(?:tier|level|lvl|line|niveau|nivel|livello|stufe|ebene)"
_TIER_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?:support[ _-]+)?(?:(?:{_WORDS}|l|t|n)[ _.:#-]*)?([0-3])(?:\.0+)?(?:[ _-]*support)?",
        rf"([0-3])(?:st|nd|rd|th|er|e|\.)?[ _-]*{_WORDS}?(?:[ _-]*support)?",
    )
)
_ORDINALS = {"zeroth": "L0", "first": "L1", "second": "L2", "third": "L3", "i": "L1", "ii": "L2", "iii": "L3"}
_ORDINAL_FORMS = (
    re.compile(rf"(zeroth|first|second|third)[ _-]*{_WORDS}(?:[ _-]*support)?"),
    re.compile(rf"{_WORDS}[ _-]*(i{{1,3}})"),
)


def parse_tier(text: str) -> str | None:
    """The tier that a plain text means ("L2", "Tier 2", "2", "T2", "2nd line", "Level II"); None where it means none."""
    plain = " ".join(text.split()).casefold()
    for form in _TIER_FORMS:
        if found := form.fullmatch(plain):
            return f"L{found[1]}"
    for form in _ORDINAL_FORMS:
        if found := form.fullmatch(plain):
            return _ORDINALS[found[1]]
    return None


@dataclass(frozen=True)
class Mapping:
    """What a file's columns and words mean. `columns`: canonical name → source columns, joined with "/" where several."""

    name: str
    shape: str
    source: SourceOptions = SourceOptions()
    columns: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    tiers: TierRules = TierRules()
    kinds: Dict[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    hash: tuple[str, ...] = ()
    fields: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    title: str = ""
    about: str = ""

    @classmethod
    def from_toml(cls, text: str, name: str) -> Mapping:
        """A mapping from its TOML text; MappingError that names the key and the nearest known one."""
        try:
            told = tomllib.loads(text)
        except tomllib.TOMLDecodeError as problem:
            raise MappingError(
                f"The mapping '{name}' is not valid TOML.", found=f"{problem}.", todo="Mend the line and try again."
            ) from problem
        return _checked(_from_dict(told, name))

    def to_toml(self) -> str:
        """The mapping as TOML text that `from_toml` reads back to an equal mapping."""
        return _to_toml(self)

    def field_of(self, field_name: str) -> str | None:
        """What a changed field stands for (`status`, `team`, …): [fields] where it has any, else the known words."""
        words = self.fields or FIELD_WORDS
        plain = _field_word(field_name)
        return next((name for name, known in words.items() if plain in map(_field_word, known)), None)

    def source_columns(self, canonical: Iterable[str] | None = None) -> tuple[str, ...]:
        """The source columns behind the given canonical names (all, where none are given), each once."""
        wanted = self.columns if canonical is None else [name for name in canonical if name in self.columns]
        return tuple(dict.fromkeys(column for name in wanted for column in self.columns[name]))

    def reads(self, header: Sequence[str]) -> bool:
        """Whether a header has all columns that the mapping cannot do without."""
        return all(_bind(self.columns[name], header) for name in REQUIRED[self.shape])

    def bound(self, header: Sequence[str], *, file: str, lenient: bool = False) -> Mapping:
        """The mapping with its columns spelled as this header spells them.

        Exact spelling first, then without regard to case and blanks. A mapped column that the header does not have is a
        MappingError; `lenient` (presets, whose vendors vary) leaves an optional one out instead.
        """
        found = {name: _bind(columns, header) for name, columns in self.columns.items()}
        for name, columns in found.items():
            if columns is None and not (lenient and name not in REQUIRED[self.shape]):
                raise _missing_column(self, name, header, file)
        spelled = {column: _spelled(column, header) for column in (*self.drop, *self.hash)}
        return replace(
            self,
            columns={name: columns for name, columns in found.items() if columns is not None},
            drop=tuple(spelled[column] or column for column in self.drop),
            hash=tuple(spelled[column] or column for column in self.hash),
        )


def _field_word(text: str) -> str:
    return "_".join(text.casefold().split())


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()


def _spelled(column: str, header: Sequence[str]) -> str | None:
    """The header's spelling of a column; None where it has none, or several that differ only in case and blanks."""
    if column in header:
        return column
    near = [name for name in header if _plain(name) == _plain(column)]
    return near[0] if len(near) == 1 else None


def _bind(columns: tuple[str, ...], header: Sequence[str]) -> tuple[str, ...] | None:
    """The columns as the header spells them; "A/B" that is no column itself stands for A and B."""
    found: list[str] = []
    for column in columns:
        whole = _spelled(column, header)
        parts = [whole] if whole else [_spelled(part, header) for part in column.split("/") if "/" in column]
        if not parts or None in parts:
            return None
        found += [part for part in parts if part]
    return tuple(found)


def _missing_column(mapping: Mapping, canonical: str, header: Sequence[str], file: str) -> MappingError:
    absent = next(column for column in mapping.columns[canonical] if _bind((column,), header) is None)
    return MappingError(
        f"The column '{absent}' is missing.",
        found=f"The mapping reads '{canonical}' from '{absent}', but line 1 of {file} does not have it.",
        todo=f"{did_you_mean(absent, list(header))} Change the mapping or the file.".strip(),
    )


def _from_dict(told: dict[str, Any], name: str) -> Mapping:
    _known_keys(told, _TOP, "the mapping", name)
    shape = told.get("shape")
    if shape not in SHAPES:
        raise _wrong(name, "shape", shape, list(SHAPES))
    personal = _section(told, "personal", ("drop", "hash"), name)
    return Mapping(
        name=name,
        shape=shape,
        source=_source(_section(told, "source", tuple(SourceOptions.__dataclass_fields__), name), name),
        columns=_lists(_section(told, "columns", CANONICAL[shape], name), "columns", name),
        tiers=_tiers(_section(told, "tiers", ("teams", "rules", "default", "values"), name), name),
        kinds=_kinds(_section(told, "kinds", None, name), name),
        drop=_texts(personal.get("drop", []), "personal.drop", name),
        hash=_texts(personal.get("hash", []), "personal.hash", name),
        fields=_lists(_section(told, "fields", FIELDS, name), "fields", name),
        title=str(told.get("title", "")),
        about=str(told.get("about", "")),
    )


def _known_keys(told: dict[str, Any], known: tuple[str, ...], where: str, name: str) -> None:
    for key in told:
        if key not in known:
            raise MappingError(
                f"The mapping '{name}' has an unknown key '{key}'.",
                found=f"In {where}.",
                todo=did_you_mean(key, list(known)),
            )


def _section(told: dict[str, Any], key: str, known: tuple[str, ...] | None, name: str) -> dict[str, Any]:
    section = told.get(key, {})
    if not isinstance(section, dict):
        raise MappingError(f"'{key}' in the mapping '{name}' must be a table.", todo=f"Write it as [{key}].")
    if known is not None:
        _known_keys(section, known, f"[{key}]", name)
    return section


def _wrong(name: str, key: str, value: object, known: list[str]) -> MappingError:
    said = "nothing" if value is None else f"'{value}'"
    return MappingError(
        f"The mapping '{name}' says {said} for {key}.",
        found=f"{key} = {value!r}.",
        todo=did_you_mean(str(value), known),
    )


def _texts(value: Any, key: str, name: str) -> tuple[str, ...]:
    """One text or a list of texts as a tuple."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not all(isinstance(item, str) for item in values):
        raise MappingError(f"'{key}' in the mapping '{name}' must be a text or a list of texts.", found=f"{value!r}.")
    return tuple(values)


def _lists(section: dict[str, Any], key: str, name: str) -> dict[str, tuple[str, ...]]:
    found = {canonical: _texts(value, f"{key}.{canonical}", name) for canonical, value in section.items()}
    for canonical, values in found.items():
        if not values or not all(values):
            raise MappingError(f"'{key}.{canonical}' in the mapping '{name}' names no column.", todo="Name one.")
    return found


def _source(section: dict[str, Any], name: str) -> SourceOptions:
    options = {key: str(value) for key, value in section.items() if key != "missing"}
    if "date_order" in options:
        options["date_order"] = options["date_order"].lower()
        if options["date_order"] not in _DATE_ORDERS:
            raise _wrong(name, "date_order", section["date_order"], list(_DATE_ORDERS))
    if "timezone" in options:
        check_timezone(options["timezone"])
    return SourceOptions(**options, missing=_texts(section.get("missing", ()), "source.missing", name))


def check_timezone(zone: str) -> str:
    """The zone itself where it is an IANA name; MappingError with the nearest name where it is not."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        hint = did_you_mean(zone, sorted(available_timezones()))
        hint = hint if hint.startswith("Did") else "Use an IANA name such as 'Europe/Stockholm'."
        raise MappingError(f"There is no time zone '{zone}'.", todo=hint) from problem
    return zone


def _tier_name(value: object, key: str, name: str) -> str:
    tier = parse_tier(str(value))
    if tier is None:
        raise _wrong(name, f"[tiers] {key}", value, list(TIERS))
    return tier


def _tiers(section: dict[str, Any], name: str) -> TierRules:
    rules = section.get("rules", [])
    if not isinstance(rules, list) or not all(
        isinstance(rule, dict) and {"pattern", "tier"} == set(rule) for rule in rules
    ):
        raise MappingError(
            f"'tiers.rules' in the mapping '{name}' is not a list of rules.",
            found=f"{rules!r}."[:200],
            todo='Write rules = [{ pattern = "2nd", tier = "L2" }].',
        )
    default = section.get("default")
    return TierRules(
        teams=_tier_table(section, "teams", name),
        rules=tuple((str(rule["pattern"]), _tier_name(rule["tier"], "rules", name)) for rule in rules),
        default=None if default is None else _tier_name(default, "default", name),
        values=_tier_table(section, "values", name),
    )


def _tier_table(section: dict[str, Any], key: str, name: str) -> dict[str, str]:
    table = section.get(key, {})
    if not isinstance(table, dict):
        raise MappingError(
            f"'tiers.{key}' in the mapping '{name}' must be a table.", todo='Write { "Group 70" = "L1" }.'
        )
    return {str(word): _tier_name(tier, f"{key} '{word}'", name) for word, tier in table.items()}


def _kinds(section: dict[str, Any], name: str) -> dict[str, str]:
    for status, kind in section.items():
        if kind not in KINDS:
            raise _wrong(name, f"[kinds] '{status}'", kind, list(KINDS))
    return dict(section)


def _checked(mapping: Mapping) -> Mapping:
    """The mapping itself where it names the columns that its shape cannot do without."""
    needed = [name for name in REQUIRED[mapping.shape] if name not in mapping.columns]
    if not needed and mapping.shape == "stays" and not {"team", "tier", "new"} & mapping.columns.keys():
        needed = ["team"]
    if needed:
        raise MappingError(
            f"The mapping '{mapping.name}' names no column for '{needed[0]}'.",
            found=f"Shape '{mapping.shape}' cannot do without: {', '.join(REQUIRED[mapping.shape])}.",
            todo=f'Add {needed[0]} = "…" under [columns].',
        )
    return mapping


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Sequence[str]) -> str:
    return "[" + ", ".join(map(_quote, values)) + "]"


def _one_or_list(values: Sequence[str]) -> str:
    return _quote(values[0]) if len(values) == 1 else _list(values)


def _table(items: Dict[str, str]) -> str:
    return "{ " + ", ".join(f"{_quote(key)} = {_quote(value)}" for key, value in items.items()) + " }"


def _to_toml(mapping: Mapping) -> str:
    lines = [f"{key} = {_quote(value)}" for key in ("title", "about", "shape") if (value := getattr(mapping, key))]
    sections = {
        "source": _source_lines(mapping.source),
        "columns": [f"{name} = {_one_or_list(columns)}" for name, columns in mapping.columns.items()],
        "fields": [f"{name} = {_list(words)}" for name, words in mapping.fields.items()],
        "tiers": _tier_lines(mapping.tiers),
        "kinds": [f"{_quote(status)} = {_quote(kind)}" for status, kind in mapping.kinds.items()],
        "personal": [f"{key} = {_list(getattr(mapping, key))}" for key in ("drop", "hash") if getattr(mapping, key)],
    }
    for name, content in sections.items():
        if content:
            lines += ["", f"[{name}]", *content]
    return "\n".join(lines) + "\n"


def _source_lines(source: SourceOptions) -> list[str]:
    keys = ("delimiter", "encoding", "timezone", "date_order")
    lines = [f"{key} = {_quote(value)}" for key in keys if (value := getattr(source, key)) is not None]
    return lines + ([f"missing = {_list(source.missing)}"] if source.missing else [])


def _tier_lines(tiers: TierRules) -> list[str]:
    rules = ", ".join(f"{{ pattern = {_quote(pattern)}, tier = {_quote(tier)} }}" for pattern, tier in tiers.rules)
    lines = [f"teams = {_table(tiers.teams)}"] if tiers.teams else []
    lines += [f"rules = [{rules}]"] if rules else []
    lines += [f"default = {_quote(tiers.default)}"] if tiers.default else []
    return lines + ([f"values = {_table(tiers.values)}"] if tiers.values else [])


_PRESETS = Path(__file__).parent / "presets"


def preset_names() -> list[str]:
    """Names of the presets that ship with the product, in alphabetical order."""
    return sorted(path.stem for path in _PRESETS.glob("*.toml"))


def load_preset(name: str) -> Mapping:
    """A shipped preset by its name; MappingError with the nearest name where there is none."""
    if name not in preset_names():
        raise MappingError(f"There is no preset '{name}'.", todo=did_you_mean(name, preset_names()))
    return Mapping.from_toml((_PRESETS / f"{name}.toml").read_text("utf-8"), name)


def load_mapping(path: Path | str) -> Mapping:
    """A mapping from a TOML file, named after the file; MappingError where it cannot be read."""
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as problem:
        raise MappingError(
            f"The mapping file '{path}' cannot be read.", found=f"{problem.strerror}.", todo="Check the path."
        ) from problem
    except UnicodeDecodeError as problem:
        raise MappingError(f"The mapping file '{path}' is not UTF-8 text.", todo="Save it as UTF-8.") from problem
    return Mapping.from_toml(text, path.name)
