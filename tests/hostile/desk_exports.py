"""One small help desk, exported in thirty ways that people export: whatever the file looks like, the figures are the same.

`LOG` is what happened. Each `Export` writes it down in another way; `rejected` of its rows are none (totals, units, broken
lines). `python -m tests.hostile.desk_exports FOLDER` writes them, to be dropped on the import page by hand.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.hostile.corpus import workbook

TIER_OF = {"Service Desk": 1, "2nd Line Network": 2, "Engineering": 3}
ENGLISH = {
    "created": "New", "queued": "Queued", "acknowledged": "In Progress", "pending": "On Hold", "resolved": "Resolved",
    "closed": "Closed",
}  # fmt: skip
GERMAN = {
    "created": "Neu", "queued": "In Warteschlange", "acknowledged": "In Bearbeitung", "pending": "Wartend",
    "resolved": "Gelöst", "closed": "Geschlossen",
}  # fmt: skip
FRENCH = {
    "created": "Nouveau", "queued": "En file d'attente", "acknowledged": "En cours", "pending": "En attente",
    "resolved": "Résolu", "closed": "Fermé",
}  # fmt: skip
SPANISH = {
    "created": "Nuevo", "queued": "En cola", "acknowledged": "En curso", "pending": "En espera", "resolved": "Resuelto",
    "closed": "Cerrado",
}  # fmt: skip
HEADER = ("Number", "Updated", "State", "Assignment group", "Priority")
_EXCEL_DAY_0 = datetime(1899, 12, 30)
_MONTHS = ("Januar", "Februar", "März"), ("janv.", "févr.", "mars")


@dataclass(frozen=True)
class Happened:
    """One event: on the desk's own clock, which is UTC here."""

    ticket: str
    at: datetime
    kind: str
    team: str


def _ticket(dice: random.Random, number: int) -> list[Happened]:
    steps = ["created Service Desk", "acknowledged Service Desk"]
    if number % 3:
        steps += ["queued 2nd Line Network", "acknowledged 2nd Line Network"]
    if number % 4 == 2:
        steps += ["queued Engineering", "acknowledged Engineering", "queued 2nd Line Network"]
    team = steps[-1].partition(" ")[2]
    steps += [f"{kind} {team}" for kind in ("pending", "acknowledged")] if number % 5 == 1 else []
    steps += [f"resolved {team}"] if number != 7 else []
    steps += [f"{kind} {team}" for kind in ("acknowledged", "resolved")] if number % 6 == 3 else []
    steps += [f"closed {team}"] if number % 2 == 0 else []
    at = datetime(2026, 2, 3 + number * 2, dice.randint(7, 16), dice.randint(0, 59))
    told = []
    for step in steps:
        kind, _, at_team = step.partition(" ")
        told.append(Happened(f"INC{1000 + number}", at, kind, at_team))
        at += timedelta(minutes=dice.choice((3, 17, 45, 130, 600)))
    return told


def _log() -> list[Happened]:
    dice = random.Random(5)
    return sorted((event for number in range(12) for event in _ticket(dice, number)), key=lambda event: event.at)


LOG = _log()


def events(log: Sequence[Happened] = LOG) -> list[dict]:
    """The log as `second_opinion` takes it."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return [
        {"ticket_id": e.ticket, "at_us": (e.at.replace(tzinfo=UTC) - epoch) // timedelta(microseconds=1), "kind": e.kind,
         "tier": TIER_OF[e.team], "team": e.team, "created_us": None}
        for e in log
    ]  # fmt: skip


@dataclass(frozen=True)
class Export:
    """A file of the log; `rejected` of its rows cannot be events."""

    name: str
    make: Callable[[], bytes]
    rejected: int = 0


Written = str | Callable[[datetime], str]


def rows(
    clock: Written = "%Y-%m-%d %H:%M", words: dict[str, str] = ENGLISH, log: Sequence[Happened] = LOG
) -> list[list]:
    write = clock if callable(clock) else (lambda at: at.strftime(clock))
    return [[e.ticket, write(e.at), words[e.kind], e.team, "3 - Moderate"] for e in log]


def text(
    header: Sequence[str], lines: Sequence[Sequence[str]], delimiter: str = ",", encoding: str = "utf-8", **form
) -> Callable[[], bytes]:
    def make() -> bytes:
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="\r\n", **form).writerows([header, *lines])
        return out.getvalue().encode(encoding)

    return make


def sheet(
    *above: Sequence[object], below: Sequence[Sequence[object]] = (), serial: bool = False
) -> Callable[[], bytes]:
    def make() -> bytes:
        told = [
            [e.ticket, _serial(e.at) if serial else e.at, ENGLISH[e.kind], e.team, 3] for e in LOG
        ]  # fmt: skip
        return workbook(("Export", [list(row) for row in (*above, HEADER, *told, *below)]))

    return make


def _serial(at: datetime) -> float:
    return (at - _EXCEL_DAY_0) / timedelta(days=1)


def _with_offsets(offsets: Sequence[int | None]) -> Callable[[datetime], str]:
    """Clocks of different zones by turns, in minutes; None: no offset at all."""

    def write(at: datetime) -> str:
        minutes = offsets[(at.minute + at.hour) % len(offsets)]
        if minutes is None:
            return f"{at:%Y-%m-%d %H:%M:%S}"
        sign, local = "-" if minutes < 0 else "+", at + timedelta(minutes=minutes)
        return f"{local:%Y-%m-%dT%H:%M:%S}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"

    return write


def _nested() -> bytes:
    tickets = [
        {
            "id": ticket,
            "history": [
                {"updated_at": f"{e.at:%Y-%m-%dT%H:%M:%S}Z", "status": ENGLISH[e.kind], "group": e.team}
                for e in LOG if e.ticket == ticket
            ],
        }
        for ticket in dict.fromkeys(e.ticket for e in LOG)
    ]  # fmt: skip
    return json.dumps({"meta": {"count": len(tickets)}, "tickets": tickets}).encode()


def _broken_lines() -> bytes:
    lines = [
        json.dumps({"ticket_id": e.ticket, "updated_at": f"{e.at}Z", "status": ENGLISH[e.kind], "group": e.team})
        for e in LOG
    ]
    lines[5:5], lines[9:9], lines[20:20] = ['{"ticket_id": "INC10'], ["oops"], ["[1, 2]", ""]
    return "\n".join(lines).encode()


def _unbroken() -> list[list[str]]:
    """Blanks that do not break, as browsers and spreadsheets leave them."""
    return [[f"{row[0]}\u00a0", row[1].replace(" ", "\u00a0"), row[2], f"\u00a0{row[3]}", row[4]] for row in rows()]


def _in_parts(date: str, clock: str) -> list[list[str]]:
    return [[e.ticket, f"{e.at:{date}}", f"{e.at:{clock}}", ENGLISH[e.kind], e.team] for e in LOG]


EXPORTS = (
    Export("plain.csv", text(HEADER, rows())),
    # headers and what stands around the rows
    Export(
        "titles_and_groups.xlsx",
        sheet(["Incident history", None, None, None, None], ["Ticket", None, "State", None, None]),
    ),
    Export("groups_then_names.csv", text(["Ticket", "Ticket", "Ticket", "Routing", "Routing"], [HEADER, *rows()])),
    Export("names_then_units.csv", text(HEADER, [["", "UTC", "text", "text", "1-5"], *rows()]), rejected=1),
    Export("total_row.csv", text(HEADER, [*rows(), ["Total", "", "", "", str(len(LOG))]]), rejected=1),
    Export("total_row.xlsx", sheet(below=[["Total", len(LOG), None, None, None]]), rejected=1),
    Export("total_line.csv", lambda: text(HEADER, rows())() + b"\r\nGrand total: 79 records\r\n", rejected=1),
    Export(
        "empty_columns.csv",
        text(
            ["", "Number", "", "Updated", "State", "Notes", "Assignment group", ""],
            [["", r[0], "", r[1], r[2], "", r[3], ""] for r in rows()],
        ),
    ),
    Export("numbered_rows.csv", text(["", *HEADER], [[str(n), *r] for n, r in enumerate(rows())])),
    Export(
        "twice_a_header.csv",
        text(
            ["Number", "Updated", "Status", "Group", "Group", "Comment", "Comment"],
            [[*r[:3], "", r[3], "a", "b"] for r in rows()],
        ),
    ),
    # languages
    Export(
        "german.csv",
        text(
            ["Vorgangsnummer", "Geändert am", "Status", "Gruppe", "Priorität"],
            rows("%d.%m.%Y %H:%M", GERMAN),
            ";",
            "cp1252",
        ),
    ),
    Export(
        "german_words.csv",
        text(
            ["Ticket-Nr.", "Zeitpunkt", "Zustand", "Zuweisungsgruppe", "Dringlichkeit"],
            rows("%d.%m.%Y, %H:%M:%S Uhr", GERMAN),
            ";",
        ),
    ),
    Export(
        "french.csv",
        text(
            ["Numéro de ticket", "Date de modification", "Statut", "Groupe d'affectation", "Priorité"],
            rows("%d/%m/%Y %H:%M", FRENCH),
            ";",
            "cp1252",
        ),
    ),
    Export(
        "spanish.csv",
        text(
            ["Número de ticket", "Fecha de cambio", "Estado", "Grupo asignado", "Prioridad"],
            rows("%d/%m/%Y %H:%M", SPANISH),
            encoding="utf-8-sig",
        ),
    ),
    # clocks
    Export("american.csv", text(HEADER, rows("%m/%d/%Y %I:%M:%S %p"))),
    Export("browser.csv", text(HEADER, rows("%m/%d/%Y, %I:%M:%S\u202f%p"))),
    Export("kibana.csv", text(HEADER, rows("%b %d, %Y @ %H:%M:%S.000"))),
    Export("at.csv", text(HEADER, rows("%B %d, %Y at %I:%M %p"))),
    Export("jira.csv", text(HEADER, rows("%d/%b/%y %I:%M %p"))),
    Export("jira_in_french.csv", text(HEADER, rows(lambda at: f"{at.day}/{_MONTHS[1][at.month - 1]}/{at:%y %H:%M}"))),
    Export(
        "months_in_german.csv",
        text(HEADER, rows(lambda at: f"{at.day}. {_MONTHS[0][at.month - 1]} {at:%Y um %H:%M} Uhr")),
    ),
    Export("short_years.csv", text(HEADER, rows("%d.%m.%y %H:%M"))),
    Export("mail.csv", text(HEADER, rows("%a, %d %b %Y %H:%M:%S GMT"))),
    Export("digits.csv", text(HEADER, rows("%Y%m%d%H%M%S"))),
    Export("serial_days.csv", text(HEADER, rows(lambda at: repr(_serial(at))))),
    Export("serial_days.xlsx", sheet(serial=True)),
    Export("milliseconds.csv", text(HEADER, rows(lambda at: str(int(at.replace(tzinfo=UTC).timestamp() * 1000))))),
    Export("offsets.csv", text(HEADER, rows(_with_offsets((0, 60, -300, 330))))),
    Export("some_offsets.csv", text(HEADER, rows(_with_offsets((None, 120))))),
    Export(
        "date_and_clock.csv",
        text(["Number", "Date", "Time", "State", "Assignment group"], _in_parts("%d/%m/%Y", "%H:%M")),
    ),
    Export(
        "date_and_half.csv",
        text(["Ticket", "Change Date", "Change Time", "Status", "Team"], _in_parts("%Y-%m-%d", "%I:%M %p")),
    ),
    Export("unbroken_blanks.csv", text(HEADER, _unbroken())),
    # text
    Export("utf16.csv", text(HEADER, rows(), "\t", "utf-16")),
    Export(
        "newlines.csv",
        text([*HEADER, "Subject"], [[*r, 'He said "no",\nthen; left\n\n'] for r in rows()], quoting=csv.QUOTE_ALL),
    ),
    Export("formulas.csv", text([*HEADER, "Subject"], [[*r, "=cmd|'/C calc'!A0 😀 שלום"] for r in rows()])),
    Export("newest_first.csv", text(HEADER, rows()[::-1])),
    Export("nested.json", _nested),
    Export("broken_lines.jsonl", _broken_lines, rejected=3),
)


def main(folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    for export in EXPORTS:
        (Path(folder) / export.name).write_bytes(export.make())


if __name__ == "__main__":
    main(sys.argv[1])
