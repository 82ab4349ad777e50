"""One SQL, two engines: `tables/*.sql` run unchanged on Spark and give the rows that DuckDB gives.

Needs Java 17 and pyspark (`make test-spark`); skipped with a reason without them.
"""

from __future__ import annotations

import importlib.util
import shutil

import pandas as pd
import pytest

from analytics.warehouse.build import CUBES, DERIVED, WORKING, table_sql
from tests.logs import warehouse_of
from tests.questions.test_second_way import random_log

pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java, and there is none on this machine"),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None, reason="pyspark is not installed (make test-spark)"
    ),
]


@pytest.fixture(scope="module")
def spark():
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.maxPlanStringLength", "1000")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield session
    session.stop()


def as_spark(spark, frame: pd.DataFrame, types: dict[str, str], name: str) -> None:
    fields = ", ".join(f"{column} {types[column]}" for column in frame.columns)
    rows = [
        tuple(None if pd.isna(v) else (v.date() if hasattr(v, "date") else v) for v in row)
        for row in frame.to_numpy(object)
    ]
    clean = [
        tuple(
            int(v) if types[c] in ("bigint", "int", "smallint") and v is not None else v
            for c, v in zip(frame, row, strict=True)
        )
        for row in rows
    ]
    spark.createDataFrame(clean, schema=fields).createOrReplaceTempView(name)


def spark_types(warehouse, table: str) -> dict[str, str]:
    told = warehouse.rows(f"SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = '{table}'")
    plain = {
        "BIGINT": "bigint",
        "INTEGER": "int",
        "SMALLINT": "smallint",
        "DOUBLE": "double",
        "DATE": "date",
        "BOOLEAN": "boolean",
    }
    return {name: plain.get(kind, "string") for name, kind in told}


def plain(frame: pd.DataFrame) -> list[tuple]:
    """The rows in an order of their own, so that neither engine's order matters."""

    def leaf(value):
        if value is None or pd.isna(value):
            return None
        if isinstance(value, str):
            return value
        if hasattr(value, "isoformat"):
            return str(value)[:10]
        return round(float(value), 9)

    return sorted((tuple(leaf(value) for value in row) for row in frame.to_numpy(object)), key=repr)


def test_spark_builds_the_same_tables(spark, tmp_path):
    log = random_log(seed=7, tickets=80).assign(product="Atlas", priority="high")
    warehouse = warehouse_of(log, tmp_path / "log.duckdb")
    for table in ("events", "teams", "ticket_attributes", "clock"):
        as_spark(spark, warehouse.frame(f"SELECT * FROM {table}"), spark_types(warehouse, table), table)
    for name in (*DERIVED, *CUBES):
        built = spark.sql(table_sql(name)).localCheckpoint()  # else the plans of all tables before are carried along
        built.createOrReplaceTempView(name)
        if name in WORKING:
            continue  # dropped once the facts are built
        theirs = pd.DataFrame([row.asDict() for row in built.collect()], columns=built.columns, dtype=object)
        ours = warehouse.frame(f"SELECT * FROM {name}")
        assert len(ours) > 0
        assert list(ours.columns) == list(theirs.columns)
        assert plain(ours) == plain(theirs), name
