"""What was detected can be imported as it stands: every row of the vendors' exports and seeds is taken, none rejected."""

from __future__ import annotations

import pytest

from analytics.errors import MappingError
from analytics.ingest.importer import import_files
from analytics.warehouse.store import Home
from tests.unit.ingest_read.test_detect import SEEDS, VENDORS, volvo


@pytest.mark.parametrize(
    ("preset", "content"), [(preset, content) for preset, content, _ in VENDORS] + [("volvo", volvo())]
)
def test_an_export_built_from_a_real_header_list(tmp_path, preset, content):
    path = tmp_path / ("export.xes" if preset == "xes" else "export.csv")
    path.write_text(content, encoding="utf-8")
    report = import_files([path], "history", home=Home(tmp_path / "home"))
    assert (report.taken, report.rejected, report.reasons) == (report.rows, 0, ())
    assert report.rows > 0
    assert report.events >= report.tickets > 0


@pytest.mark.parametrize("seed", [seed for seed, _, _ in SEEDS])
def test_a_seed(shared, tmp_path, seed):
    report = import_files([shared / "vendor" / seed], "history", home=Home(tmp_path / "home"))
    assert (report.taken + report.repeated, report.rejected) == (report.rows, 0)
    assert report.events >= report.tickets > 0


def test_several_vendors_files_in_one_zip_of_months(tmp_path):
    import zipfile

    path = tmp_path / "months.zip"
    first, second = volvo(), volvo().replace("1-3644", "1-3655")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2012-03.csv", first)
        archive.writestr("2012-04.csv", second)
    report = import_files([path], "history", home=Home(tmp_path / "home"))
    assert (report.rows, report.rejected, report.tickets) == (240, 0, 60)


INCIDENTS_AS_SHOWN = """Number,Opened,Short description,Caller,Priority,State,Assignment group,Assigned to,Updated,Resolved
INC1,2024-03-05 10:00:00,No mail,ann,2 - High,Resolved,Service Desk,bob,2024-03-05 12:00:00,2024-03-05 12:00:00
INC2,2024-03-05 11:00:00,No web,cid,3 - Low,In Progress,Network,dan,2024-03-05 13:00:00,
"""


def test_a_preset_takes_headers_as_the_page_of_the_vendor_shows_them(tmp_path):
    """ServiceNow's list exports labels ("Opened") where its tables have names ("opened_at"); the preset is fitted to either."""
    path, home = tmp_path / "incident.csv", Home(tmp_path / "home")
    path.write_text(INCIDENTS_AS_SHOWN, encoding="utf-8")
    report = import_files([path], "history", home=home, preset="servicenow_incidents")
    assert (report.taken, report.tickets, report.mapping) == (2, 2, "servicenow_incidents")
    assert report.events == 3  # two creations, one resolution
    assert "The file has no column for closed_at" in " ".join(report.notes)
    with pytest.raises(MappingError, match="is missing") as refusal:
        import_files([path], "other", home=home, preset="zendesk_audits")
    assert refusal.value.todo


def test_what_the_reader_noticed_is_told_with_a_preset_or_mapping_too(tmp_path):
    path = tmp_path / "incident.csv"
    path.write_text("Report of March\n\n" + INCIDENTS_AS_SHOWN, encoding="utf-8")
    report = import_files([path], "history", home=Home(tmp_path / "home"), preset="servicenow_incidents")
    assert report.taken == 2
    assert any(note.startswith("incident.csv: ") and "above" in note for note in report.notes), report.notes
