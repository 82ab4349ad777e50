"""Later exports: only the tickets they touch are derived anew, and the result is that of one import of everything."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.ingest import derive
from analytics.warehouse import build
from analytics.warehouse.build import CUBES
from tests.unit.ingest_core.conftest import EVENTS

HEADER = "ticket,at,status,tier,team,agent,priority,region\n"
TABLES = (
    "events",
    "ticket_attributes",
    "ticket_extras",
    "teams",
    "tickets",
    "visits",
    "handoffs",
    "pending",
    "data_end",
    "tier_visits",
    "backlog_moves",
    "priority_spans",
    *CUBES,
)


def random_rows(seed: int, tickets: int = 40) -> list[str]:
    """A log in random order: distinct minutes, so that the order of files cannot matter."""
    draw = np.random.default_rng(seed)
    minutes = draw.permutation(20_000)[: tickets * 6]
    status = draw.choice(["New", "Working", "Waiting", "Solved"], tickets * 6)
    tier = draw.integers(1, 4, tickets * 6)
    return [
        f"T{i % tickets},2024-01-{1 + m // 1440:02d} {m % 1440 // 60:02d}:{m % 60:02d},{s},L{t},"
        f"Team {t * 2 + m % 2},,P{m % 4},R{m % 3}\n"
        for i, (m, s, t) in enumerate(zip(minutes, status, tier, strict=True))
    ]


@pytest.fixture
def refills(monkeypatch) -> list[str]:
    """Which way each derivation went: "touched" or "all"."""
    ways: list[str] = []
    for name, way in (("_refill_touched", "touched"), ("_fill_base", "all")):
        original = getattr(derive, name)
        monkeypatch.setattr(derive, name, lambda con, shape, o=original, w=way: (ways.append(w), o(con, shape))[1])
    return ways


def content(bench, dataset: str) -> dict[str, list[tuple]]:
    """Every table without what only numbers rows, tickets and teams in the order of their coming."""
    found = {}
    for name in TABLES:
        columns = [row[0] for row in bench.rows(f"SELECT column_name FROM (DESCRIBE {name})", dataset)]
        kept = [c for c in columns if c not in ("row_no", "ticket_no") and not c.endswith("team_no")]
        names = ", ".join(f't."{c}"' for c in sorted(kept))
        join = "JOIN ticket_attributes a USING (ticket_no)" if "ticket_no" in columns else ""
        ticket = "a.ticket_id, " if join else ""
        found[name] = bench.rows(f"SELECT {ticket}{names} FROM {name} t {join} ORDER BY ALL", dataset)
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_law_increments_give_what_one_import_gives(bench, refills, seed):
    rows = random_rows(seed)
    late = [row for row in rows if row.split(",")[0] in ("T1", "T2", "T3")]
    first, later = [row for row in rows if row not in late[::2]], late[::2]
    new = ["T99,2024-01-03 10:00,New,L1,Team new,ann,P1,R9\n"]
    bench.take(HEADER + "".join(first))
    bench.take(HEADER + "".join(later + late[1:4:2]), name="later.csv")
    bench.take(HEADER + "".join(new + first[:2]), name="new.csv")
    assert refills == ["all", "touched", "touched"]
    bench.take(HEADER + "".join(first + later + new), dataset="whole")
    assert content(bench, "d") == content(bench, "whole")


def test_increments_to_a_file_without_sets_of_teams_add_none(bench, refills, monkeypatch):
    monkeypatch.setattr(build, "MOST_TEAM_SETS", 3)
    rows = random_rows(1)
    late = [row for row in rows if row.split(",")[0] in ("T1", "T2", "T3")][::2]
    bench.take(HEADER + "".join(row for row in rows if row not in late))
    bench.take(HEADER + "".join(late), name="later.csv")
    assert refills == ["all", "touched"]
    bench.take(HEADER + "".join(rows), dataset="whole")
    assert bench.rows("SELECT count(*) FROM cube_tickets WHERE grain = 5", "d") == [(0,)]
    assert content(bench, "d") == content(bench, "whole")


def test_a_new_column_in_a_later_export_is_added_for_its_tickets(bench, refills):
    rows = random_rows(4)
    bench.take(HEADER + "".join(rows))
    report = bench.take(HEADER.replace("region", "site") + rows[0].replace("R", "S"), name="site.csv")
    assert (report.taken, report.repeated) == (0, 1)
    assert refills == ["all", "touched"]
    assert bench.rows("SELECT count(*), count(site), count(region) FROM ticket_extras") == [(40, 1, 40)]


@pytest.mark.parametrize(
    ("settings", "toml"),
    [
        ({"timezone": "Asia/Kolkata"}, EVENTS),
        ({}, EVENTS.replace('"pending"', '"queued"')),
        ({}, EVENTS + 'New2 = "created"\n'),
    ],
    ids=["zone", "kind", "a kind for a status that no row has"],
)
def test_a_changed_meaning_derives_every_ticket(bench, refills, settings, toml):
    rows = random_rows(5)
    bench.take(HEADER + "".join(rows))
    bench.take(HEADER + rows[0], toml, name="later.csv", **settings)
    expected = "touched" if "New2" in toml else "all"
    assert refills[1:] == [expected]
    bench.take(HEADER + "".join(rows), toml, dataset="whole", **settings)
    assert content(bench, "d") == content(bench, "whole")


def test_changed_fields_that_come_late_fold_into_the_states_after_them(bench, refills):
    toml = (
        'shape = "changes"\n[columns]\nticket_id = "t"\nat = "at"\nfield = "f"\nold = "o"\nnew = "n"\n[tiers]\ndefault = "L1"\n'
        '[kinds]\nopen = "queued"\nwork = "acknowledged"\ndone = "resolved"\n'
    )
    draw = np.random.default_rng(6)
    status = [f"status,,{value}" for value in draw.choice(["open", "work", "done"], 180)]
    group = [f"group,,G{value}" for value in draw.integers(0, 4, 180)]
    change = np.where(draw.random(180) < 0.5, status, group)
    rows = [f"T{i % 30},2024-01-{1 + i // 30:02d} 10:00,{change[i]}\n" for i in range(180)]
    late = [row for row in rows if row.startswith(("T1,", "T2,"))][1:7]
    first = [row for row in rows if row not in late]
    bench.take("t,at,f,o,n\n" + "".join(first), toml)
    bench.take("t,at,f,o,n\n" + "".join(late), toml, name="late.csv")
    assert refills == ["all", "touched"]
    bench.take("t,at,f,o,n\n" + "".join(rows), toml, dataset="whole")
    assert content(bench, "d") == content(bench, "whole")
