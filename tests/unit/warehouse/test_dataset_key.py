"""What caches are keyed on: the content, not the name and number alone."""

from __future__ import annotations

import os

from analytics.warehouse.store import Dataset


def test_a_dataset_made_anew_under_an_old_name_has_another_key(tmp_path):
    first = Dataset("desk", tmp_path, 1, None)
    assert first.key == Dataset("desk", tmp_path, 1, None).key
    first.file.write_bytes(b"one")
    os.utime(first.file, ns=(10**18, 10**18))
    told = first.key
    assert told == Dataset("desk", tmp_path, 1, None).key
    first.file.unlink()
    first.file.write_bytes(b"another")
    os.utime(first.file, ns=(10**18 + 1, 10**18 + 1))
    assert first.key != told
    assert first.key != Dataset("desk", tmp_path, 2, 1).key
