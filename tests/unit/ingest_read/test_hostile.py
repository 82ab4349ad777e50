"""The corpus of hostile files, and what random damage does to good ones: a refusal in words or a full account, never else."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zipfile
from collections import deque

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from analytics.errors import ImportRefused
from analytics.ingest.read import Limits, open_source
from analytics.ingest.readers.payload import _could_be_bomb
from tests.hostile.corpus import CORPUS, GOOD, RECORDS, XES, _parquet, _table, _zip, workbook
from tests.unit.ingest_read.conftest import read_all


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda hostile: hostile.name)
def test_a_hostile_file(hostile, seen):
    content = hostile.make()
    if hostile.refused:
        with pytest.raises(ImportRefused, match=hostile.refused) as told:
            seen(content, hostile.name)
        assert told.value.title
        assert told.value.title.endswith(".")
        assert told.value.todo
    else:
        got = seen(content, hostile.name)
        assert (len(got.rows), len(got.malformed)) == (hostile.rows, hostile.malformed)
        assert all(m.reason and m.line > 0 for m in got.malformed)


def test_the_names_of_the_corpus_are_unique():
    assert len({hostile.name for hostile in CORPUS}) == len(CORPUS)


WHOLE = {
    "a.csv": GOOD.encode(),
    "b.csv": GOOD.encode("utf-16"),
    "c.csv.gz": gzip.compress(GOOD.encode()),
    "d.zip": _zip({"a.csv": GOOD.encode()}),
    "e.xlsx": workbook(("Data", _table())),
    "f.parquet": _parquet(),
    "g.json": json.dumps(RECORDS).encode(),
    "h.jsonl": "\n".join(map(json.dumps, RECORDS)).encode(),
    "i.xes": XES.encode(),
}


def read_or_refused(path) -> object:
    """The refusal's title, or the rows and malformed rows: whatever else is raised fails the test."""
    try:
        got = read_all(open_source(path))
    except ImportRefused as refusal:
        return refusal.title
    return got.rows or got.malformed


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_damage_is_refused_or_accounted_for(tmp_path, name, data):
    """Bytes cut off, changed or put in, anywhere: nothing but a refusal or rows comes of it."""
    content = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        how = data.draw(st.sampled_from(["cut", "change", "insert", "remove"]))
        if how == "cut":
            del content[at:]
        elif how == "change" and content:
            content[at] = data.draw(st.integers(0, 255))
        elif how == "insert":
            content[at:at] = data.draw(st.binary(min_size=1, max_size=6))
        else:
            del content[at : at + 3]
    path = tmp_path / name
    path.write_bytes(bytes(content))
    assert read_or_refused(path)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_read(tmp_path, content):
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    assert read_or_refused(path)


def bomb(megabytes: int) -> bytes:
    return (GOOD.splitlines()[0] + "\n").encode() + b"0,0,0,0\n" * (megabytes * 131_072)


PACKED = {
    "zip": lambda content: _zip({"a.csv": content}),
    "gz": gzip.compress,
    "xlsx": lambda content: _zip({"xl/workbook.xml": content, "[Content_Types].xml": b""}),
}


@pytest.mark.parametrize("pack", PACKED)
def test_a_bomb_is_refused_and_never_held(tmp_path, pack):
    """Past both limits: refused, with no more than a few blocks of it in memory. The limits are set low to keep it quick."""
    path = tmp_path / f"bomb.{pack}"
    path.write_bytes(PACKED[pack](bomb(24)))
    tracemalloc.start()
    with pytest.raises(ImportRefused, match="expands too far"):
        deque(open_source(path, limits=Limits(max_expanded_bytes=16 << 20, max_ratio=100)).chunks(), maxlen=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 << 20


def test_a_gzip_bomb_is_refused_when_it_is_opened(tmp_path):
    """Before a row of it is stored; a file too small or too large to pass both limits is not read twice for that."""
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(bomb(24)))
    with pytest.raises(ImportRefused, match="expands too far"):
        open_source(path, limits=Limits(16 << 20, 100))
    assert not _could_be_bomb(900_000, Limits())
    assert _could_be_bomb(2_000_000, Limits())
    assert not _could_be_bomb(11_000_000, Limits())


@pytest.mark.parametrize("limits", [Limits(1 << 40, 100), Limits(1 << 20, 1e9)])
def test_past_one_limit_alone_is_no_bomb(tmp_path, limits):
    path = tmp_path / "large.csv.gz"
    path.write_bytes(gzip.compress(bomb(3)))
    assert len(read_all(open_source(path, limits=limits)).rows) == 3 * 131_072


def test_a_zip_that_lies_about_its_size_is_stopped_while_it_is_read(tmp_path):
    """The directory says 10 bytes: what comes out is counted, not what was said."""
    content = bytearray(_zip({"a.csv": bomb(4)}))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = (10).to_bytes(4, "little")
    path = tmp_path / "liar.zip"
    path.write_bytes(bytes(content))
    with pytest.raises(ImportRefused):
        read_all(open_source(path, limits=Limits(1 << 20, 10)))


def test_the_limits_are_settings(monkeypatch):
    monkeypatch.setenv("TIERSCOPE_MAX_EXPANDED_BYTES", "5e9")
    monkeypatch.setenv("TIERSCOPE_MAX_EXPANSION_RATIO", "250")
    assert Limits.from_environment() == Limits(5_000_000_000, 250.0)
    monkeypatch.setenv("TIERSCOPE_MAX_EXPANSION_RATIO", "many")
    with pytest.raises(ValueError, match="is not a number"):
        Limits.from_environment()


def test_members_are_never_written_to_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../escaped.csv", GOOD)
    path = tmp_path / "in" / "climbing.zip"
    path.parent.mkdir()
    path.write_bytes(out.getvalue())
    assert len(read_all(open_source(path)).rows) == 40
    assert {p.name for p in tmp_path.rglob("*")} == {"in", "climbing.zip"}
