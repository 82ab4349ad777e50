"""Which rows of a file can be taken, and why not the others: clocks read, the order of dates decided, reasons given."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from analytics.errors import ImportRefused
from analytics.ingest.layout import Layout, text
from analytics.ingest.mapping import REQUIRED
from analytics.ingest.meanings import Words, learn_fields, learn_words
from analytics.ingest.tables import one
from analytics.ingest.times import OrderProof, order_proof, time_forms, with_clocks
from analytics.model import quoted


@dataclass(frozen=True)
class Judged:
    """What `prepare` found out about a file: its words, the order of its dates, and notes for people."""

    words: Words
    dates: DateOrders
    notes: tuple[str, ...]


def prepare(con: duckdb.DuckDBPyConnection, layout: Layout, file: str) -> Judged:
    """Makes the views `shown` (canonical texts) and `judged` (extra columns, clocks and reason too) over what is staged.

    Two views, since a Jira export has hundreds of extra columns, and to look at the others must not cost a plan of them all.
    """
    con.execute(f"CREATE OR REPLACE TEMP VIEW shown AS {layout.shown(layout.canonical)}")
    if layout.mapping.shape == "volume":
        refuse_grouped(con, layout, file)
    words = Words(layout, learn_fields(con, layout))
    learn_words(con, words)
    dates = decide_orders(con, layout, file)
    clocked = with_clocks(layout.shown(layout.columns), layout.times, dates.orders, dates.forms)
    reason = reason_of(layout, words)
    con.execute(f"CREATE OR REPLACE TEMP VIEW judged AS SELECT *, {reason} AS reason FROM ({clocked})")
    return Judged(words, dates, (*dates.notes, *_field_notes(words)))


def refuse_grouped(con: duckdb.DuckDBPyConnection, layout: Layout, file: str) -> None:
    """ImportRefused where every dot of the counts stands before three digits: 1.234 is more than a thousand to some people and
    little more than one to others. Counts that all end in .000 are whole ones, written out."""
    asked = """SELECT count(*) FILTER (WHERE dotted), bool_and(in_threes) FILTER (WHERE dotted),
          bool_and(ends_with("count", '.000')), arg_min(line, position) FILTER (WHERE dotted),
          arg_min("count", position) FILTER (WHERE dotted)
        FROM (SELECT position, line, "count", contains("count", '.') AS dotted,
          regexp_full_match("count", '[+-]?[1-9]\\d{0,2}(\\.\\d{3})+') AS in_threes FROM shown WHERE "count" IS NOT NULL)"""
    dotted, in_threes, written_out, line, written = con.execute(asked).fetchall()[0]
    if dotted and in_threes and not written_out:
        raise ImportRefused(
            "A dot may stand for thousands or for decimals.",
            found=f"{file}, column '{' and '.join(layout.canonical['count'])}', line {line:,}: '{written}'.",
            todo="Write whole counts without a dot.",
        )


def _field_notes(words: Words) -> tuple[str, ...]:
    """How changed fields were understood, where the mapping does not say it."""
    if not words.field_roles or words.mapping.fields:
        return ()
    used = ", ".join(f"'{field}' as {role}" for field, role in words.field_roles.items() if role)
    left = [field for field, role in words.field_roles.items() if not role]
    shown = ", ".join(f"'{field}'" for field in left[:10]) + (" …" if len(left) > 10 else "")
    return (f"Changed fields understood: {used or 'none'}." + (f" Not part of the state: {shown}." if left else ""),)


def remember_orders(con: duckdb.DuckDBPyConnection, dates: DateOrders, import_no: int, file_no: int) -> int:
    """Notes the orders of a file. Where it proves one that earlier files were only guessed to have otherwise, their dates are
    read again; the number of rows whose time changes by that."""
    changed = sum(_read_again(con, name, dates.orders[name], import_no) for name in sorted(dates.proven))
    for name, order in dates.orders.items():
        con.execute(
            "INSERT INTO date_orders VALUES (?, ?, ?, ?, ?)", [import_no, file_no, name, order, name in dates.proven]
        )
    return changed


def _read_again(con: duckdb.DuckDBPyConnection, name: str, order: str, import_no: int) -> int:
    """Reads a column's dates of all files that proved no order in this one."""
    guessed = [name, order]
    if not one(con, "SELECT count(*) FROM date_orders WHERE name = ? AND NOT proven AND date_order <> ?", guessed):
        return 0
    texts = f"""SELECT row_no, {quoted(name)} FROM source_rows WHERE (import_no, file_no) IN
        (SELECT (import_no, file_no) FROM date_orders WHERE name = {text(name)} AND NOT proven AND date_order <> {text(order)})"""
    clock = f"{name}_clock_us"
    changed = one(
        con,
        f"""UPDATE source_rows r SET {clock} = u.{clock}, changed_in = {import_no}
        FROM ({with_clocks(texts, [name], {name: order})}) u
        WHERE r.row_no = u.row_no AND u.{clock} IS NOT NULL AND r.{clock} <> u.{clock}""",
    )
    con.execute("UPDATE date_orders SET date_order = $2 WHERE name = $1 AND NOT proven", guessed)
    return changed


@dataclass(frozen=True)
class DateOrders:
    """The order of day and month per time column, the forms its texts have, which orders the file proves, and what there is
    to say about it."""

    orders: dict[str, str]
    forms: dict[str, tuple[int, ...]]
    proven: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def decide_orders(con: duckdb.DuckDBPyConnection, layout: Layout, file: str) -> DateOrders:
    """Which order do this file's dates have? A day above 12 anywhere in the column proves it, whatever the mapping says.

    Where rows contradict each other the mapping's order, else the majority, is taken, and the others will be rejected.
    Where nothing proves it: the mapping's, else what another column of the file or an earlier file proved, else day first.
    """
    forms = {name: time_forms(con, "SELECT * FROM shown", name) for name in layout.times}
    proofs = {name: order_proof(con, "SELECT * FROM shown", name, forms[name]) for name in layout.times}
    told = layout.mapping.source.date_order
    before = dict(
        con.execute("SELECT name, date_order FROM date_orders WHERE proven ORDER BY import_no, file_no").fetchall()
    )
    here = next((proof.proves for proof in proofs.values() if proof.proves), None)
    orders = {name: _order_of(proof, told, here or before.get(name)) for name, proof in proofs.items()}
    notes = [
        _order_note(con, layout, name, proof, orders[name], file, told or here or before.get(name))
        for name, proof in proofs.items()
    ]
    proven = frozenset(name for name, proof in proofs.items() if proof.proves)
    return DateOrders(orders, forms, proven, tuple(dict.fromkeys(note for note in notes if note)))


def _order_of(proof: OrderProof, told: str | None, proven: str | None) -> str:
    if told == "ymd":
        return told
    if proof.contradicts:
        return told or proof.majority
    return proof.proves or told or proven or "dmy"


_ORDER_WORDS = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}


def _order_note(
    con: duckdb.DuckDBPyConnection,
    layout: Layout,
    name: str,
    proof: OrderProof,
    order: str,
    file: str,
    known: str | None,
) -> str:
    """What is assumed about a column's dates; empty where there is nothing to tell."""
    column, told = " and ".join(layout.canonical[name]), layout.mapping.source.date_order
    start, read = f"{file}: dates in '{column}' are read", _ORDER_WORDS[order]
    if proof.contradicts:
        odd = proof.day_first if order == "mdy" else proof.month_first
        return f"{start} {read}; {odd:,} rows are written the other way round."
    if proof.proves and told not in (None, proof.proves):
        position = proof.day_first_position if proof.proves == "dmy" else proof.month_first_position
        line = one(con, "SELECT line FROM staged WHERE position = ?", [position])
        return f"{start} {read}, as line {line} proves, although the mapping says {told}."
    if proof.ambiguous and not proof.proves and known is None:
        return f"{start} {read}: no row proves whether the day or the month comes first."
    return ""


def reason_of(layout: Layout, words: Words) -> str:
    """The expression that says why a row cannot be taken; NULL where it can."""
    cases = [*_missing_cases(layout), *_time_cases(layout), *_shape_cases(layout), *_tier_cases(layout, words)]
    return "CASE " + " ".join(f"WHEN {condition} THEN {reason}" for condition, reason in cases) + " END"


def _named(layout: Layout, name: str) -> str:
    return text("'" + "/".join(layout.canonical[name]) + "'")


def _missing_cases(layout: Layout) -> list[tuple[str, str]]:
    words = {"ticket_id": "missing ticket id in ", "field": "missing field name in ", "count": "missing count in "}
    needed = [name for name in REQUIRED[layout.mapping.shape] if name != "new"]
    return [
        (f"{quoted(name)} IS NULL", f"{text(words.get(name, 'missing time in '))} || {_named(layout, name)}")
        for name in needed
    ]


def _time_cases(layout: Layout) -> list[tuple[str, str]]:
    return [
        (f"{quoted(name)} IS NOT NULL AND {name}_clock_us IS NULL", f"'unreadable time in ' || {_named(layout, name)}")
        for name in layout.times
    ]


def _shape_cases(layout: Layout) -> list[tuple[str, str]]:
    if layout.mapping.shape == "volume":
        return [('coalesce(number_of("count") < 0, TRUE)', f"'no count in ' || {_named(layout, 'count')}")]
    if layout.mapping.shape == "stays" and "end" in layout.canonical:
        backwards = "end_clock_us < start_clock_us AND end_is_utc = start_is_utc"
        return [(backwards, f"'the end is before the start in ' || {_named(layout, 'end')}")]
    return []


def _tier_cases(layout: Layout, words: Words) -> list[tuple[str, str]]:
    """A tier that is not known; a team that neither table nor rules nor default give a tier."""
    tier, team = words.role("tier"), words.role("team")
    if words.has_tiers:
        column = _named(layout, "tier" if "tier" in layout.canonical else "new")
        unknown = f"({tier}) IN (SELECT word FROM tier_words WHERE tier IS NULL)"
        return [(unknown, f"'unknown tier ''' || left({tier}, 60) || ''' in ' || {column}")]
    if layout.mapping.tiers.names_teams:
        tierless = f"({team}) IN (SELECT team FROM team_tiers WHERE tier IS NULL)"
        return [(tierless, f"'no tier for team ''' || left({team}, 60) || ''''")]
    return []
