"""Log files into committed, queryable tables, beside DuckDB's JSON reader writing the same columns from the same files.

`--events 5000000` for a large run; memory should stay as it is with fewer.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import shutil
import tempfile
from pathlib import Path
from typing import Any

from _trail_events import write_logs

PEER_EVENTS = 100_000
"""DuckDB's reader runs out of memory on more."""


def ingest(logs: Path, folder: Path, workers: int) -> dict[str, float]:
    """Take all in; gives records, stored bytes, processor seconds and the largest process."""
    from garrison.lake.ingest import Ingest
    from garrison.lake.lake import Lake
    from garrison.lake.memory import keep_freed_memory
    from garrison.lake.place import LakePlace
    from garrison.lake.sources import Folder

    keep_freed_memory()
    outcome = Ingest(Lake(LakePlace(folder)), Folder(str(logs)), workers=workers).run()
    return {"records": outcome.records, "stored": outcome.stored_bytes}


def duckdb_reader(logs: Path, folder: Path, workers: int) -> dict[str, float]:
    """The same with DuckDB alone: its JSON reader, its Parquet writer, the same columns in the same order."""
    import duckdb

    from garrison.lake.schema import TEXTS

    folder.mkdir()
    texts = ", ".join(f"r->>'$.{name}' AS \"{name}\"" for name in TEXTS)
    identity = json.dumps(
        {
            **dict.fromkeys(
                ("type", "principalId", "arn", "accountId", "accessKeyId", "userName", "invokedBy"), "VARCHAR"
            ),
            "sessionContext": {
                "sessionIssuer": dict.fromkeys(("type", "principalId", "arn", "accountId", "userName"), "VARCHAR"),
                "attributes": {"creationDate": "VARCHAR", "mfaAuthenticated": "VARCHAR"},
                "sourceIdentity": "VARCHAR",
            },
        }
    )
    resources = json.dumps([dict.fromkeys(("ARN", "accountId", "type"), "VARCHAR")])
    with duckdb.connect(config={"threads": workers}) as connection:
        connection.execute(f"""
            COPY (
              SELECT r->>'$.recipientAccountId' AS account, CAST(r->>'$.eventTime' AS TIMESTAMPTZ) AS "eventTime", {texts},
                CAST(r->>'$.readOnly' AS BOOLEAN) AS "readOnly", CAST(r->>'$.managementEvent' AS BOOLEAN) AS "managementEvent",
                from_json(r->'$.userIdentity', '{identity}') AS "userIdentity",
                from_json(r->'$.resources', '{resources}') AS resources, CAST(r AS VARCHAR) AS record
              FROM (SELECT unnest("Records") AS r
                    FROM read_json('{logs}/*.json.gz', columns = {{'Records': 'JSON[]'}}, maximum_object_size = 134217728))
              ORDER BY r->>'$.eventSource', r->>'$.eventName', r->>'$.eventTime'
            ) TO '{folder}/all.parquet' (FORMAT parquet, COMPRESSION zstd)""")
        (count,) = connection.execute(f"SELECT count(*) FROM '{folder}/all.parquet'").fetchone()
    return {"records": count, "stored": (folder / "all.parquet").stat().st_size}


def measured(work: Any, *arguments: Any) -> dict[str, float]:
    """Run in a process of its own and add what it and its children took."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(False)
    process = context.Process(target=_measure, args=(send, work, arguments))
    process.start()
    send.close()
    found: dict[str, float] = receive.recv()
    process.join()
    return found


def _measure(send: Any, work: Any, arguments: Any) -> None:
    import pyarrow.parquet
    import pyiceberg.catalog.sql
    import pyiceberg.io.pyarrow

    import garrison.lake.care

    assert garrison.lake.care and pyarrow.parquet and pyiceberg.catalog.sql and pyiceberg.io.pyarrow
    own, children = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    before = resource.getrusage(own)  # what loading costs is no part of it
    found = work(*arguments)
    after, below = resource.getrusage(own), resource.getrusage(children)
    found["seconds"] = (
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime + below.ru_utime + below.ru_stime
    )
    found["memory"] = after.ru_maxrss * 1024 + below.ru_maxrss * 1024
    send.send(found)


def shown(name: str, found: dict[str, float]) -> float:
    """Print one line; gives records per processor second."""
    rate = found["records"] / found["seconds"]
    each = found["stored"] / found["records"]
    print(f"{name:28} {rate:10,.0f} records/CPU-s {each:7.1f} bytes a record {found['memory'] / 1e6:7.0f} MB")
    return rate


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=PEER_EVENTS)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="garrison-lake-"))
    try:
        (work / "logs").mkdir()
        size = write_logs(work / "logs", options.events)
        print(f"{options.events:,} records of {size / options.events:.0f} bytes each")
        rate = shown("garrison", measured(ingest, work / "logs", work / "lake", options.workers))
        if options.events <= PEER_EVENTS:
            peer = shown("DuckDB read_json", measured(duckdb_reader, work / "logs", work / "peer", options.workers))
            print(f"garrison / DuckDB: {rate / peer:.1f}")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
