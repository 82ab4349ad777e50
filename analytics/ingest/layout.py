"""How one file's columns become the dataset's columns, as SQL expressions over the file's cells.

A file is staged as it is, in text columns `c0`, `c1`, … (`cells`); every canonical column is an expression over them, and
every column that no canonical name fits becomes an extra column `x:<header>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from analytics.errors import MappingError
from analytics.ingest.mapping import REQUIRED, Mapping
from analytics.model import quoted

TIMES = ("at", "start", "end", "created_at", "first_response_at", "resolved_at", "closed_at")
"""Canonical columns that hold times. Their parts are joined with a blank, not "/": a date and a clock make one time."""

IDENTIFYING: dict[str, tuple[str, ...]] = {
    "events": ("ticket_id", "at", "status", "tier", "team", "agent"),
    "changes": ("ticket_id", "at", "status", "tier", "team", "agent", "field", "new"),
    "stays": ("ticket_id", "start", "status", "tier", "team", "agent", "field", "new"),
    "tickets": ("ticket_id",),
    "volume": ("at", "tier", "team", "channel", "product", "category"),
}
"""Canonical columns whose raw text makes a row's identity. All others take the latest import's value."""

_BLANKS = "chr(9) || chr(10) || chr(13) || chr(32) || chr(160)"

EXTRA = "x:"
REJECT_KEY = "_rejected_key"
REJECT_NOTES = ("_rejected_because", "_rejected_file", "_rejected_line", "_rejected_text")
"""Columns of the download of rejected rows. The key tells which rejected row a mended one stands in for."""


def text(value: str) -> str:
    """An SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Layout:
    """One file under one bound mapping. `kept` are the indices of the columns that may be stored at all."""

    mapping: Mapping
    header: tuple[str, ...]
    hash_key: str

    @cached_property
    def cells(self) -> dict[str, str]:
        """Source column → name of its cell."""
        return {name: f"c{i}" for i, name in enumerate(self.header)}

    @cached_property
    def kept(self) -> list[str]:
        """Source columns that may be stored: all but the personal ones to be dropped."""
        return [name for name in self.header if name not in self.mapping.drop]

    @property
    def times(self) -> list[str]:
        return [name for name in TIMES if name in self.canonical]

    @cached_property
    def canonical(self) -> dict[str, tuple[str, ...]]:
        """Canonical name → source columns, without those that are dropped."""
        left = {n: tuple(c for c in cs if c not in self.mapping.drop) for n, cs in self.mapping.columns.items()}
        return {name: columns for name, columns in left.items() if columns}

    @cached_property
    def extras(self) -> dict[str, str]:
        """Column of the dataset (`x:<header>`) → source column, for every column that no canonical name reads."""
        mapped = set(self.mapping.source_columns())
        free = [n for n in self.kept if n not in mapped and n not in (REJECT_KEY, *REJECT_NOTES)]
        return dict(zip(extra_names(free), free, strict=True))

    @property
    def columns(self) -> list[str]:
        """The dataset's columns that this file fills."""
        return [*self.canonical, *self.extras]

    def check(self) -> None:
        """MappingError where a column that the shape needs is dropped."""
        for name in REQUIRED[self.mapping.shape]:
            if name not in self.canonical:
                raise MappingError(
                    f"'{name}' is read from a column that is dropped as personal.",
                    found=f"Column {', '.join(self.mapping.columns[name])}.",
                    todo="Hash the column instead, or do not drop it.",
                )

    def identity(self) -> str:
        """128 bits over the raw text of the identifying source columns; before anything is dropped or hashed."""
        columns = self.mapping.source_columns(IDENTIFYING[self.mapping.shape])
        raw = ", ".join(f"coalesce({self.cells[name]}, '')" for name in columns)
        return f"md5_number(concat_ws(chr(31), {raw}))"

    def stored_cell(self, column: str) -> str:
        """The cell as it may be stored. Hashed with the installation's key: an e-mail address alone is quickly guessed."""
        cell = self.cells[column]
        if column not in self.mapping.hash:
            return cell
        return f"CASE WHEN {cell} <> '' THEN left(sha256({text(self.hash_key)} || {cell}), 16) ELSE {cell} END"

    def clean(self, column: str) -> str:
        """The cell without blanks around it; NULL where it counts as missing. Trimming costs, so it is done where needed."""
        cell = self.cells[column]
        plain = f"left({cell}, 1) BETWEEN '!' AND '~' AND right({cell}, 1) BETWEEN '!' AND '~'"
        trimmed = f"CASE WHEN {plain} THEN {cell} ELSE trim({cell}, {_BLANKS}) END"
        missing = ", ".join(text(word) for word in dict.fromkeys(("", *self.mapping.source.missing)))
        return f"CASE WHEN ({trimmed}) NOT IN ({missing}) THEN {trimmed} END"

    def value(self, name: str) -> str:
        """The expression of one of `columns`. Several source columns are joined, missing ones left out."""
        if name in self.extras:
            return self.clean(self.extras[name])
        parts = [self.clean(column) for column in self.canonical[name]]
        joint = "' '" if name in TIMES else "'/'"
        return parts[0] if len(parts) == 1 else f"nullif(concat_ws({joint}, {', '.join(parts)}), '')"

    def shown(self, names: Iterable[str], rows: str = "staged", keys: str = "position, line, identity") -> str:
        """SELECT of the staged rows (or some of them) with these columns of the dataset in place of the cells."""
        values = [f"{self.value(name)} AS {quoted(name)}" for name in names]
        return f"SELECT {', '.join([*filter(None, [keys]), *values])} FROM {rows}"


def extra_names(headers: Sequence[str]) -> list[str]:
    """A name for each extra column that is unique whatever the case, since SQL does not tell "Status" from "status"."""
    names: list[str] = []
    taken: set[str] = {"x:ticket_no"}
    for number, header in enumerate(headers, start=1):
        base = EXTRA + (" ".join(header.replace("\x00", "").split()) or f"column {number}")
        name, again = base, 1
        while name.casefold() in taken:
            again += 1
            name = f"{base} ({again})"
        taken.add(name.casefold())
        names.append(name)
    return names
