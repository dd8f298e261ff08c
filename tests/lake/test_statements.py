"""AWS's SQL over the lake: what it can ask, and that it can do nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from garrison.lake.engine import Limits
from garrison.lake.failures import QueryFailed, QueryRefused, QueryStopped
from garrison.lake.statements import time_bounds, translate
from tests.lake.templates import record, write_log

EVENTS = [
    record(1),
    record(2, eventName="DeleteBucket", errorCode="AccessDenied", sourceIPAddress="203.0.113.9"),
    record(3700, eventName="ListBuckets", readOnly=True, requestParameters=None, resources=None),
]
LATE = Limits(seconds=1.0, memory_bytes=256 * 1024**2)


@pytest.fixture
def asked(tmp_path: Path, ingest: Any, rows: Any) -> Any:
    write_log(tmp_path / "a.json", EVENTS)
    ingest(tmp_path / "a.json")
    return rows


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("SELECT eventName FROM cloudtrail_events WHERE errorCode IS NOT NULL", [["DeleteBucket"]]),
        ("SELECT userIdentity.userName, count(*) FROM cloudtrail_events GROUP BY 1", [["alice", 3]]),
        (
            "SELECT element_at(requestParameters, 'bucketName') FROM cloudtrail_events ORDER BY eventTime",
            [["b-1"], ["b-2"], [None]],
        ),
        ("SELECT element_at(requestParameters, 'tags') FROM cloudtrail_events LIMIT 1", [['{"a":[1,2]}']]),
        (
            "SELECT json_extract_scalar(eventJson, '$.userIdentity.userName') FROM cloudtrail_events LIMIT 1",
            [["alice"]],
        ),
        (
            "SELECT eventID FROM cloudtrail_events WHERE eventTime >= '2026-03-01 01:00:00'",
            [["00000000-0000-0000-0000-000000000e75"]],
        ),
        ("SELECT count(*) FROM cloudtrail_events WHERE eventTime > timestamp '2026-03-02 00:00:00'", [[0]]),
        (
            "SELECT date_trunc('hour', eventTime), count(*) FROM cloudtrail_events GROUP BY 1 ORDER BY 2 DESC LIMIT 1",
            None,
        ),
        ("SELECT count(*) FROM cloudtrail_events WHERE any_match(resources, r -> r.ARN = 'arn:aws:s3:::b-2')", [[1]]),
        ("SELECT sum(cardinality(requestParameters)) FROM cloudtrail_events", [[4]]),
        (
            "WITH denied AS (SELECT * FROM cloudtrail_events WHERE errorCode = 'AccessDenied') SELECT count(*) FROM denied",
            [[1]],
        ),
        (
            "SELECT r.r.ARN FROM cloudtrail_events CROSS JOIN UNNEST(resources) AS r (r) ORDER BY 1 LIMIT 1",
            [["arn:aws:s3:::b-1"]],
        ),
        (
            "SELECT eventName, row_number() OVER (ORDER BY eventTime) FROM cloudtrail_events ORDER BY 2 LIMIT 1",
            [["CreateBucket", 1]],
        ),
        ("SELECT approx_distinct(eventName), regexp_like('abc', '^a') FROM cloudtrail_events", [[3, True]]),
        ("SELECT 1 UNION ALL SELECT 2 ORDER BY 1", [[1], [2]]),
    ],
)
def test_a_statement_of_awss_dialect_is_answered(asked: Any, statement: str, answer: Any) -> None:
    found = [list(row.values()) for row in asked(statement)]
    assert found == answer if answer is not None else found


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('cloudtrail_events')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_views",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM garrison_rows",
        "SELECT * FROM garrison_tail",
        "SELECT (SELECT count(*) FROM garrison_rows) FROM cloudtrail_events",
        "SELECT * FROM (WITH garrison_rows AS (SELECT 1) SELECT * FROM garrison_rows), garrison_rows",
        'WITH "/etc/passwd" AS (SELECT 1) SELECT * FROM "/etc/passwd"',
        "WITH cloudtrail_events AS (SELECT 1) SELECT * FROM cloudtrail_events",
        "WITH RECURSIVE a AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM a) SELECT * FROM a",
        "SELECT getenv('HOME')",
        "SELECT current_setting('home_directory')",
        "SELECT getvariable('x')",
        "SELECT count(*) FROM range(1000000000000)",
        "SELECT generate_series(1, 1000000000000)",
        "SELECT repeat('x', 1000000000)",
        "SELECT write_log('x')",
        "SELECT * FROM cloudtrail_events; DROP VIEW cloudtrail_events",
        "DROP VIEW cloudtrail_events",
        "CREATE TABLE x AS SELECT 1",
        "INSERT INTO cloudtrail_events SELECT * FROM cloudtrail_events",
        "UPDATE cloudtrail_events SET eventName = 'x'",
        "DELETE FROM cloudtrail_events",
        "COPY (SELECT 1) TO '/tmp/x'",
        "ATTACH '/tmp/x.db' AS x",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "PRAGMA database_list",
        "EXPORT DATABASE '/tmp/x'",
        "CALL pragma_version()",
        "EXPLAIN SELECT 1",
        "SHOW TABLES",
        "SELECT $1",
        "SELECT ?",
        "SELEC 1",
        "",
        "SELECT " + "(" * 5000 + "1" + ")" * 4000,
        "SELECT '" + "x" * 20_000 + "'",
    ],
)
def test_nothing_but_reading_the_lake_is_let_through(rows: Any, statement: str) -> None:
    with pytest.raises(QueryRefused):
        rows(statement)


def test_an_endless_join_is_stopped(asked: Any) -> None:
    many = ", ".join(f"cloudtrail_events e{n}" for n in range(24))
    with pytest.raises(QueryStopped, match="1 seconds"):
        asked(f"SELECT count(*) FROM {many} WHERE e0.eventID < e1.eventID OR e2.eventID > e3.eventName", limits=LATE)


def test_a_greedy_statement_is_stopped(asked: Any) -> None:
    many = ", ".join(f"cloudtrail_events e{n}" for n in range(15))
    with pytest.raises(QueryFailed, match="memory"):
        asked(f"SELECT array_agg(e0.record) FROM {many}", limits=Limits(seconds=60, memory_bytes=64 * 1024**2))


def test_an_unknown_column_is_named(asked: Any) -> None:
    with pytest.raises(QueryRefused, match="eventNme"):
        asked("SELECT eventNme FROM cloudtrail_events")


def test_the_id_of_an_event_data_store_needs_no_quotation_marks() -> None:
    store = "0c8f1d5e-1111-2222-3333-444455556666"
    assert f'FROM "{store}"' in translate(f"SELECT eventID FROM {store} WHERE eventID = '{store}' -- {store}")
    assert f'"{store}"' in translate(f"SELECT 1 FROM arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/{store}")


@pytest.mark.parametrize(
    ("where", "bounds"),
    [
        ("eventTime > '2026-01-01' AND eventTime <= '2026-01-02' AND eventName = 'x'", ("2026-01-01", "2026-01-02")),
        ("'2026-01-01' < eventTime", ("2026-01-01", None)),
        ("eventTime BETWEEN '2026-01-01' AND '2026-01-02'", ("2026-01-01", "2026-01-02")),
        ("eventTime > timestamp '2026-01-01 00:00:00'", ("2026-01-01 00:00:00", None)),
        ("eventTime > '2026-01-01' OR eventName = 'x'", (None, None)),
        ("NOT (eventTime > '2026-01-01')", (None, None)),
        ("eventTime > now() - interval '1' day", (None, None)),
    ],
)
def test_files_are_planned_by_the_times_that_a_statement_wants(where: str, bounds: Any) -> None:
    assert time_bounds(translate(f"SELECT 1 FROM cloudtrail_events WHERE {where}")) == bounds


def test_only_files_of_the_days_asked_for_are_read(tmp_path: Path, lake: Any, ingest: Any) -> None:
    from garrison.lake.asking import planned

    for day in range(1, 4):
        write_log(tmp_path / f"{day}.json", [record(day, eventTime=f"2026-03-0{day}T10:00:00Z")])
        ingest(tmp_path / f"{day}.json")
    source, _, events = planned(lake.table(), ("2026-03-02", "2026-03-02 23:59:59"), True)
    assert events == 1
    assert ["day=2026-03-02" in file for file in source.files] == [True]
    assert len(planned(lake.table(), (None, None), True)[0].files) == 3
