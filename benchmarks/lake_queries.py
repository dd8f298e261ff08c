"""Five questions over the lake, beside DuckDB on the very same Parquet files. `--events 5000000` for a large run."""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _trail_events import write_logs

QUESTIONS = {
    "who did X": "SELECT userIdentity.arn, count(*) FROM {} WHERE eventName = 'CreateUser' GROUP BY 1",
    "denied calls by principal": "SELECT userIdentity.arn, count(*) FROM {} WHERE errorCode LIKE '%Denied%' GROUP BY 1",
    "calls from an address": "SELECT eventTime, eventName, eventSource FROM {} WHERE sourceIPAddress = '10.248.16.43' ORDER BY 1",
    "what changed this resource": "SELECT eventTime, eventName, userIdentity.arn FROM {} "
    "WHERE NOT readOnly AND len(list_filter(resources, lambda r : r.ARN = 'arn:aws:s3:::invictus-aws-2022-10-27-e0xdv')) > 0",
    "calls per hour": "SELECT date_trunc('hour', eventTime), count(*) FROM {} GROUP BY 1 ORDER BY 1",
}
ROUNDS = 5


def median(work: Callable[[], Any]) -> float:
    """The median time of some rounds, after one to warm up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    """Measure both."""
    import duckdb

    from garrison.lake.asking import ask
    from garrison.lake.ingest import Ingest
    from garrison.lake.lake import Lake
    from garrison.lake.place import LakePlace, local_path
    from garrison.lake.sources import Folder

    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=200_000)
    count = parser.parse_args().events
    work = Path(tempfile.mkdtemp(prefix="garrison-lake-"))
    try:
        (work / "logs").mkdir()
        write_logs(work / "logs", count)
        lake = Lake(LakePlace(work / "lake"))
        Ingest(lake, Folder(str(work / "logs")), workers=2).run()
        files = [str(local_path(task.file.file_path)) for task in lake.table().scan().plan_files()]
        print(f"{count:,} events in {len(files)} files")

        def garrison(question: str) -> None:
            with ask(lake, question.replace("lambda r : ", "r -> ").format("cloudtrail_events")) as answer:
                for _ in answer.batches():
                    pass

        def peer(question: str) -> None:
            with duckdb.connect(config={"threads": 2}) as connection:
                connection.execute("SET TimeZone = 'UTC'")
                connection.execute(question.format(f"read_parquet({files})")).fetchall()

        for name, question in QUESTIONS.items():
            own, other = median(lambda q=question: garrison(q)), median(lambda q=question: peer(q))
            print(f"{name:28} garrison {own * 1e3:8.1f} ms   DuckDB {other * 1e3:8.1f} ms   ratio {own / other:5.2f}")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
