"""Warehouses that the tests of findings share. The sample is built once per test run."""

from __future__ import annotations

import pytest

from analytics.findings.registry import DEFAULTS, find_all
from analytics.sample import ensure_sample
from analytics.warehouse.store import Home, open_dataset
from tests.findings.logs import Found, opened


@pytest.fixture
def findings_of(tmp_path):
    """The findings of a frame of events, by id; the warehouse stays open until the test has ended."""
    open_now = []

    def found(events, settings=DEFAULTS, **more):
        folder = tmp_path / str(len(open_now))
        folder.mkdir()
        warehouse = opened(events, folder, **more)
        open_now.append(warehouse)
        return Found(warehouse, settings)

    yield found
    for warehouse in open_now:
        warehouse.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """The shipped sample, opened."""
    home = Home(tmp_path_factory.mktemp("home"))
    ensure_sample(home)
    warehouse = open_dataset("sample", home)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def found(sample):
    """The findings of the sample, by id."""
    return {one.id: one for one in find_all(sample)}
