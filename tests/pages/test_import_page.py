"""The import page: one preview per set of columns, rosters put beside the tickets, what is left out and where it belongs."""

from __future__ import annotations

import tempfile
import time

import pytest

from analytics.warehouse.store import Home, open_dataset
from tests.pages import small
from tests.pages.conftest import texts

TICKETS = b"ticket_id,at,status,tier,team\nA,2024-11-01 10:00,New,L1,Desk\nA,2024-11-01 12:00,Resolved,L2,Apps\n"
OTHERS = b"Vorgang;Zeitpunkt;Zustand;Gruppe\nB;02.11.2024 10:00;Neu;Technik\nB;13.11.2024 10:00;Erledigt;Technik\n"
ROSTER = b"date,tier,hours\n2024-11-01,L1,7.5\n"
EVENTS = b"kind,name,start,days,half_life_days\nlaunch,Atlas 2,2024-11-04,2,5\n"


@pytest.fixture
def own(tmp_path, monkeypatch, visit):
    """The import page of a home folder that a test may change, and that folder."""
    small.put(tmp_path, "sample", small.events(20))
    monkeypatch.setenv("TIERSCOPE_HOME", str(tmp_path))
    return visit("pages/data/import_history.py"), Home(tmp_path)


def drop(app, **files: bytes):
    return app.file_uploader(key="uploads_0").set_value([(f"{n}.csv", c, "text/csv") for n, c in files.items()]).run()


def finish(app):
    """The page once the import has ended."""
    for _ in range(200):
        if not app.session_state["_import_job"].running:
            break
        time.sleep(0.05)
    return app.run()


def test_two_exports_and_a_roster_are_previewed_each_and_imported_together(own):
    app, home = own
    drop(app, tickets=TICKETS, tickets_again=TICKETS, others=OTHERS, roster=ROSTER)
    assert not app.exception
    shown = texts(app)
    assert shown.count("This looks like") == 2  # files of the same columns are looked at as one
    assert "others.csv" in shown
    assert "roster.csv is a roster" in shown.replace("*", "")
    assert app.selectbox(key="column_at").value == "at"
    assert app.selectbox(key="group1_column_at").value == "Zeitpunkt"
    app.text_input(key="import_name").set_value("mine").run()
    app.button(key="import_go").click()
    app = finish(app.run())
    assert "Taken: 7 rows = 5 taken + 2 already there + 0 rejected." in texts(app)
    accounts = next(frame.value for frame in app.dataframe if "File" in frame.value)
    assert accounts["Rows"].tolist() == [2, 2, 2, 1]
    assert accounts["File"].tolist() == ["tickets.csv", "tickets_again.csv", "others.csv", "roster.csv"]
    assert "mine" in home.names()


def test_what_holds_no_tickets_is_named_with_its_place_and_the_rest_can_be_imported(own):
    app, _ = own
    drop(app, launches=EVENTS, tickets=TICKETS)
    assert "launches.csv is a list of calendar events" in texts(app)
    assert "Planning > Calendar events" in texts(app)
    assert "This looks like" in texts(app)
    assert not app.button(key="import_go").disabled


def test_a_roster_alone_is_put_beside_a_dataset_that_is_there(own):
    app, home = own
    drop(app, roster=ROSTER)
    assert not app.exception
    assert app.selectbox(key="import_beside").value == "sample"
    app.button(key="import_go").click()
    app = finish(app.run())
    assert not app.error
    assert home.get("sample").version == 2


def test_a_file_that_is_nothing_leaves_no_button(own):
    app, _ = own
    drop(app, launches=EVENTS)
    assert "list of calendar events" in texts(app)
    assert not [button for button in app.button if button.key == "import_go"]


def test_uploads_lie_in_one_folder_and_go_with_the_session(own, tmp_path, monkeypatch):
    """Whoever looks at a file twice, imports it and goes on leaves no copy of customers' tickets behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "spool"))
    (tmp_path / "spool").mkdir()
    app, home = own
    assert list((tmp_path / "spool").iterdir()) == []
    drop(app, tickets=TICKETS).run()
    (folder,) = (tmp_path / "spool").iterdir()
    assert [path.name for path in folder.rglob("*.csv")] == ["tickets.csv"]
    app.button(key="import_go").click()
    finish(app.run())
    app.button(key="import_again").click().run()
    assert list((tmp_path / "spool").iterdir()) == []
    assert "tickets" in home.names()


JANUARY = "Ticket,Changed at,Status,Group\nA,2024-01-02 10:00,New,Büro\nA,2024-01-02 12:00,Resolved,Büro\n".encode(
    "cp1252"
)
FEBRUARY = (
    "Ticket,Changed at,Status,Group\nB,2024-02-02 10:00,New,Büro\nB,2024-02-02 11:00,Waiting for vendor,2nd line\n"
    "B,2024-02-02 12:00,Solved by phone,2nd line\n"
).encode()


def test_months_of_one_export_share_their_words_and_not_their_encoding(own):
    """The status, the team and the letters that only the second file has are understood as if it had come alone."""
    app, home = own
    drop(app, january=JANUARY, february=FEBRUARY)
    assert not app.exception
    assert texts(app).count("This looks like") == 1
    tables = [frame.value for frame in app.dataframe]
    assert next(t for t in tables if "Team" in t)["Team"].tolist() == ["Büro", "2nd line"]  # nothing is applied unseen
    assert next(t for t in tables if "Status" in t)["Rows"].sum() == 5
    app.text_input(key="import_name").set_value("months").run()
    app.button(key="import_go").click()
    finish(app.run())
    warehouse = open_dataset("months", home)
    teams = warehouse.frame("SELECT team, tier FROM teams ORDER BY team").to_numpy().tolist()
    assert teams == [["2nd line", 2], ["Büro", 1]]
    kinds = warehouse.frame(
        "SELECT e.kind FROM events e JOIN ticket_ids i USING (ticket_no) WHERE i.ticket_id = 'B' ORDER BY at_us"
    )
    assert kinds["kind"].tolist() == ["created", "pending", "resolved"]
