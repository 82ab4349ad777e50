"""The same history in forty files: every row accounted for, and every figure the one worked out from what happened."""

from __future__ import annotations

import pytest

from analytics.ingest.importer import import_files
from analytics.metrics import metrics
from analytics.warehouse.store import Home, open_dataset
from tests.hostile.desk_exports import EXPORTS, LOG, Export, events
from tests.questions.compared import by_name, differences
from tests.questions.second_opinion import second_opinion

MEANT = second_opinion(events())


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_however_it_is_written_the_figures_are_the_same(export: Export, tmp_path):
    path = tmp_path / export.name
    path.write_bytes(export.make())
    report = import_files([path], "d", home=Home(tmp_path))
    assert (report.rows, report.taken, report.repeated, report.rejected) == (
        len(LOG) + export.rejected, len(LOG), 0, export.rejected,
    )  # fmt: skip
    assert sum(reason.rows for reason in report.reasons) == export.rejected
    assert list(differences(MEANT, by_name(metrics(open_dataset("d", tmp_path))))) == []


def test_the_log_has_what_figures_are_about():
    assert MEANT["handoffs"]["tier"]["escalations"] > 5
    assert MEANT["handoffs"]["tier"]["returns"] > 1
    assert MEANT["quality"]["reopen_rate"] > 0
    assert 0 < MEANT["quality"]["never_resolved"] < 1
    assert MEANT["pending"]["days"] > 0
    assert MEANT["latency"]["unacknowledged"] > 0
