"""What was detected can be imported as it stands: every row of the vendors' exports and seeds is taken, none rejected."""

from __future__ import annotations

import pytest

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
