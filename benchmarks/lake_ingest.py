"""Log files into committed, queryable tables, beside what others do with the same files: DuckDB's JSON reader and chDB writing the same
columns into a Parquet file, and trailscraper: reading and printing the records only, and its whole use, which ends with what was done
in the account (`trailscraper select | trailscraper generate`) and stands beside ingest with that question asked of the table.

`--events 5000000` for a large run; memory should stay as it is with fewer. `--peers` names the others (`duckdb,chdb,trailscraper`),
`--logs` a folder to keep the log files in, or to take them from where it is there.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from _peers import answer_of, environment
from _trail_events import kept_logs

PEER_EVENTS = 100_000
"""DuckDB's reader runs out of memory on more."""
_MEASURED = """
import json, resource, sys
def used():
    taken = resource.getrusage(resource.RUSAGE_SELF)
    return taken.ru_utime + taken.ru_stime
def tell(records, stored, seconds):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"records": records, "stored": stored, "seconds": seconds, "memory": memory}))
"""
_CHDB = (
    _MEASURED
    + """
import os
import chdb
statement, output = sys.argv[1:]
chdb.query("SELECT 1")
began = used()
chdb.query(statement)
seconds = used() - began
count = int(chdb.query(f"SELECT count() FROM file('{output}', 'Parquet')").bytes().decode())
tell(count, os.path.getsize(output), seconds)
"""
)


def ingest(logs: Path, folder: Path, workers: int) -> dict[str, float]:
    """Take all in; gives records, stored bytes, processor seconds and the largest process."""
    from garrison.lake.ingest import Ingest
    from garrison.lake.lake import Lake
    from garrison.lake.memory import keep_freed_memory
    from garrison.lake.place import LakePlace
    from garrison.lake.sources import Folder

    keep_freed_memory()
    outcome = Ingest(Lake(LakePlace(folder)), Folder(str(logs)), workers=workers).run()
    return {"records": outcome.records, "stored": outcome.stored_bytes, "read": outcome.bytes_read}


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


def chdb_writer(logs: Path, folder: Path, workers: int) -> dict[str, float]:
    """The same with chDB: its JSON functions, its Parquet writer, the same columns in the same order."""
    from garrison.lake.schema import ATTRIBUTES, BOOLEANS, IDENTITY, ISSUER, RESOURCE, TEXTS

    folder.mkdir()
    output = folder / "all.parquet"

    def members(names: Any) -> str:
        return ", ".join(f"{name} Nullable(String)" for name in names)

    context = f"sessionIssuer Tuple({members(ISSUER)}), attributes Tuple({members(ATTRIBUTES)}), sourceIdentity Nullable(String)"
    columns = [
        "JSONExtractString(r, 'recipientAccountId') AS account",
        "parseDateTimeBestEffort(JSONExtractString(r, 'eventTime'), 'UTC') AS eventTime",
        *(f"JSONExtract(r, '{name}', 'Nullable(String)') AS {name}" for name in TEXTS),
        *(f"JSONExtract(r, '{name}', 'Nullable(Bool)') AS {name}" for name in BOOLEANS),
        f"JSONExtract(r, 'userIdentity', 'Tuple({members(IDENTITY)}, sessionContext Tuple({context}))') AS userIdentity",
        f"JSONExtract(r, 'resources', 'Array(Tuple({members(RESOURCE)}))') AS resources",
        "r AS record",
    ]
    statement = f"""
        INSERT INTO FUNCTION file('{output}', 'Parquet') SELECT {", ".join(columns)}
        FROM (SELECT arrayJoin(JSONExtractArrayRaw(json, 'Records')) AS r FROM file('{logs}/*.json.gz', 'JSONAsString', 'json String'))
        ORDER BY JSONExtractString(r, 'eventSource'), JSONExtractString(r, 'eventName'), eventTime
        SETTINGS max_threads = {workers}, output_format_parquet_compression_method = 'zstd'"""
    return answer_of("chdb", _CHDB, statement, str(output))


def trailscraper(logs: Path, folder: Path, workers: int) -> dict[str, float]:
    """`trailscraper select` of everything, thrown away: it reads and prints records, and has no table.

    What its start costs is taken off, as Garrison's loading is no part of its figure.
    """
    (folder / "none").mkdir(parents=True)
    _, start = _selected(folder / "none")
    for number, path in enumerate(sorted(logs.iterdir())):
        time = f"20260101T{number // 60:02d}{number % 60:02d}Z"
        (folder / f"123837392027_CloudTrail_us-east-1_{time}_{number}.json.gz").symlink_to(path)
    count, seconds = _selected(folder)
    return {"records": count, "stored": 0, "seconds": seconds - start, "memory": 0}


def trailscraper_used(logs: Path, folder: Path, workers: int) -> dict[str, float]:
    """The same with what it prints given to `trailscraper generate`, which tells the actions and on what."""
    found = trailscraper(logs, folder, workers)
    _, start = _selected(folder / "none", "generate")
    _, seconds = _selected(folder, "generate")
    return found | {"seconds": found["seconds"] + seconds - start}


def asked(lake: Path) -> dict[str, float]:
    """Which actions were done, on what: the question that `trailscraper generate` answers."""
    from garrison.lake.asking import ask
    from garrison.lake.lake import Lake
    from garrison.lake.place import LakePlace

    statement = "SELECT eventsource, eventname, resources, count(*) FROM cloudtrail_events GROUP BY 1, 2, 3"
    with ask(Lake(LakePlace(lake)), statement) as answer:
        return {"rows": sum(batch.num_rows for batch in answer.batches())}


def _selected(folder: Path, then: str = "") -> tuple[int, float]:
    """How many records it prints of a folder's log files, and its processor seconds; of what comes after it where that is named."""
    program = environment("trailscraper") / "bin" / "trailscraper"
    command = [str(program), "select", "--log-dir", str(folder), "--from", "2025-12-01", "--to", "2026-12-31"]
    if then:
        printed = subprocess.run(command, capture_output=True, check=True).stdout
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([str(program), then], input=printed, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return 0, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        count = sum(chunk.count(b'"eventID"') for chunk in iter(lambda: process.stdout.read(1 << 20), b""))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return count, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


PEERS = {
    "duckdb": duckdb_reader,
    "chdb": chdb_writer,
    "trailscraper": trailscraper,
    "trailscraper-use": trailscraper_used,
}
IN_PROCESS = {"duckdb"}
"""Those that are measured here; the others measure themselves."""


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
    before, began = resource.getrusage(own), time.perf_counter()  # what loading costs is no part of it
    found = work(*arguments)
    found["wall"] = time.perf_counter() - began
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
    seconds = f"{found['seconds']:7.1f} s of processor" + (f", {found['wall']:7.1f} s" if "wall" in found else "")
    print(f"{name:14} {rate:9,.0f} records/CPU-s {each:7.1f} bytes a record {found['memory'] / 1e6:7.0f} MB {seconds}")
    return rate


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=PEER_EVENTS)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--logs", type=Path)
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="garrison-lake-"))
    try:
        logs = kept_logs(options.logs or work / "logs", options.events)
        found = measured(ingest, logs, work / "lake", options.workers)
        print(f"{found['records']:,} records of {found['read'] / found['records']:.0f} bytes each")
        rate = shown("garrison", found)
        question = measured(asked, work / "lake")
        with_question = found["records"] / (found["seconds"] + question["seconds"])
        print(f"garrison, with {question['rows']:,} actions told: {with_question:,.0f} records/CPU-s")
        for name in filter(None, options.peers.split(",") if options.events <= PEER_EVENTS else ()):
            arguments = (logs, work / name, options.workers)
            found = measured(PEERS[name], *arguments) if name in IN_PROCESS else PEERS[name](*arguments)
            ours = with_question if name == "trailscraper-use" else rate
            print(f"garrison / {name}: {ours / shown(name, found):.1f}")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
