"""A file whose tables have an older form is derived anew when it is first looked for; nothing of it is lost."""

from __future__ import annotations

import json

import pandas as pd

from analytics.warehouse import questions
from analytics.warehouse.build import BASE, build_derived, create_base
from analytics.warehouse.store import SCHEMA_VERSION, Home, Warehouse
from tests.logs import drawn, warehouse_of

LOG = """
ticket_id at               kind     tier team
A         2026-03-02T09:00 created  L1   desk
A         2026-03-02T10:00 resolved L1   desk
"""


def test_an_older_file_is_derived_anew(tmp_path):
    other = tmp_path / "log.duckdb"
    warehouse_of(drawn(LOG), other).close()
    home = Home(tmp_path / "home")
    with home.new_version("old") as con:
        create_base(con)
        con.execute(f"ATTACH '{other}' AS log (READ_ONLY)")
        for name in BASE:
            con.execute(f"INSERT INTO {name} SELECT * FROM log.{name}")
        build_derived(con)
        con.execute("DROP TABLE cube_tickets")
        con.execute("DETACH log")
    folder = home.get("old").folder
    (folder / "dataset.json").write_text(json.dumps({"version": 1, "previous": None, "schema": 1}))
    found = home.get("old")
    assert (found.version, found.previous) == (2, None)
    assert json.loads((folder / "dataset.json").read_text())["schema"] == SCHEMA_VERSION
    warehouse = Warehouse(found)
    pd.testing.assert_series_equal(
        questions.tiers(warehouse)["tickets_touched"], pd.Series([1], name="tickets_touched")
    )
    warehouse.close()
    assert home.get("old").version == 2
