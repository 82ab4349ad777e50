"""A workbench for imports: a home folder, files written from text, datasets looked into."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics.ingest.importer import import_files
from analytics.ingest.mapping import Mapping
from analytics.ingest.report import ImportReport
from analytics.warehouse.store import Home, Warehouse, open_dataset

EVENTS = """
shape = "events"
[columns]
ticket_id = "ticket"
at = "at"
status = "status"
tier = "tier"
team = "team"
agent = "agent"
priority = "priority"
[kinds]
New = "created"
Queued = "queued"
Working = "acknowledged"
Waiting = "pending"
Solved = "resolved"
Closed = "closed"
"""


class Workbench:
    """Takes texts as files into datasets of one home folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, Home(folder / "home")

    def file(self, text: str, name: str = "log.csv") -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def take(
        self, text: str, toml: str = EVENTS, dataset: str = "d", name: str = "log.csv", **settings
    ) -> ImportReport:
        return self.take_file(self.file(text, name), toml, dataset, **settings)

    def take_file(self, path: Path, toml: str = EVENTS, dataset: str = "d", **settings) -> ImportReport:
        mapping = Mapping.from_toml(toml, "test")
        return import_files([path], dataset, home=self.home, mapping=mapping, **settings)

    def open(self, dataset: str = "d") -> Warehouse:
        return open_dataset(dataset, self.home)

    def ask(self, sql: str, dataset: str = "d") -> pd.DataFrame:
        warehouse = self.open(dataset)
        try:
            return warehouse.frame(sql)
        finally:
            warehouse.close()

    def rows(self, sql: str, dataset: str = "d") -> list[tuple]:
        warehouse = self.open(dataset)
        try:
            return warehouse.rows(sql)
        finally:
            warehouse.close()

    def events(self, columns: str, dataset: str = "d") -> list[tuple]:
        """The chosen columns of the events in order; ticket and team by name, the time as text in UTC."""
        return self.rows(
            f"""SELECT {columns} FROM (SELECT a.ticket_id AS ticket, strftime(make_timestamp(at_us), '%Y-%m-%d %H:%M:%S') AS utc,
              m.team, 'L' || e.tier AS tier_name, e.* EXCLUDE (kind), e.kind::VARCHAR AS kind
            FROM events e JOIN ticket_attributes a USING (ticket_no) LEFT JOIN teams m USING (team_no))
            ORDER BY ticket_no, event_no""",
            dataset,
        )


@pytest.fixture
def bench(tmp_path) -> Workbench:
    return Workbench(tmp_path)
