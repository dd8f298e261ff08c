"""Five questions over the lake, beside DuckDB on the very same Parquet files: seconds and processor seconds, medians of rounds in turn.

`--events 5000000` for a large run; `--logs` names a folder to keep the log files in, or to take them from. Exit 1 where a question takes more than twice as long.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from _trail_events import kept_logs

QUESTIONS = {
    "who did X": "SELECT userIdentity.arn, count(*) FROM {} WHERE eventName = 'CreateRole' GROUP BY 1",
    "denied calls by principal": "SELECT userIdentity.arn, count(*) FROM {} WHERE errorCode LIKE '%Denied%' GROUP BY 1",
    "calls from an address": "SELECT eventTime, eventName, eventSource FROM {} WHERE sourceIPAddress = '10.248.16.43' ORDER BY 1",
    "what changed this resource": "SELECT eventTime, eventName, userIdentity.arn FROM {} "
    "WHERE NOT readOnly AND len(list_filter(resources, lambda r : r.ARN = 'arn:aws:s3:::stratus-red-team-ctlr-bucket-zqfsvooxqj')) > 0",
    "calls per hour": "SELECT date_trunc('hour', eventTime), count(*) FROM {} GROUP BY 1 ORDER BY 1",
}
ROUNDS = 7
MOST = 2.0
"""How many times as long as DuckDB's alone a question may take."""


class Taken(NamedTuple):
    """What one answer took."""

    seconds: float
    cpu_seconds: float


def in_turn(*works: Callable[[], int]) -> list[Taken]:
    """The medians of what each takes, in rounds in which each has its turn, after one to warm up; they must find as many rows."""
    taken: list[list[Taken]] = [[] for _ in works]
    for number in range(ROUNDS + 1):
        found = set()
        for work, of in zip(works, taken, strict=True):
            began, cpu = time.perf_counter(), time.process_time()
            found.add(work())
            if number:
                of.append(Taken(time.perf_counter() - began, time.process_time() - cpu))
        if len(found) != 1 or found == {0}:
            raise SystemExit(f"they find {found} rows")
    return [Taken(*map(statistics.median, zip(*of, strict=True))) for of in taken]


def main() -> int:
    """Measure both."""
    import duckdb

    from garrison.lake.asking import ask
    from garrison.lake.ingest import Ingest
    from garrison.lake.lake import Lake
    from garrison.lake.place import LakePlace, local_path
    from garrison.lake.sources import Folder

    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--logs", type=Path)
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="garrison-lake-"))
    try:
        logs = kept_logs(options.logs or work / "logs", options.events)
        lake = Lake(LakePlace(work / "lake"))
        outcome = Ingest(lake, Folder(str(logs)), workers=2).run()
        files = [str(local_path(task.file.file_path)) for task in lake.table().scan().plan_files()]
        print(f"{outcome.records:,} events in {len(files)} files")

        def garrison(question: str) -> int:
            with ask(lake, question.replace("lambda r : ", "r -> ").format("cloudtrail_events")) as answer:
                return sum(len(batch) for batch in answer.batches())

        def peer(question: str) -> int:
            with duckdb.connect(config={"threads": 2}) as connection:
                connection.execute("SET TimeZone = 'UTC'")
                reader: Any = connection.sql(question.format(f"read_parquet({files})")).to_arrow_reader(20_000)
                return sum(len(batch) for batch in reader)

        worst = 0.0
        for name, question in QUESTIONS.items():
            own, other = in_turn(lambda q=question: garrison(q), lambda q=question: peer(q))
            ratio = own.seconds / other.seconds
            worst = max(worst, ratio)
            print(
                f"{name:28} garrison {own.seconds * 1e3:8.1f} ms ({own.cpu_seconds * 1e3:8.1f} of processor)   "
                f"DuckDB {other.seconds * 1e3:8.1f} ms ({other.cpu_seconds * 1e3:8.1f})   "
                f"ratio {ratio:5.2f} ({own.cpu_seconds / other.cpu_seconds:5.2f})"
            )
    finally:
        shutil.rmtree(work)
    return 0 if worst <= MOST else 1


if __name__ == "__main__":
    raise SystemExit(main())
