"""The same lake elsewhere: asked by Spark, read from a bucket, kept in a bucket."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrison.lake.asking import ask
from garrison.lake.ingest import Ingest
from garrison.lake.lake import Lake
from garrison.lake.place import LakePlace
from garrison.lake.sources import source_of
from tests.lake.templates import record, write_log

QUESTIONS = [
    "SELECT eventName, count(*) AS n FROM cloudtrail_events GROUP BY 1 ORDER BY 1",
    "SELECT userIdentity.arn AS who, element_at(requestParameters, 'bucketName') AS b FROM cloudtrail_events ORDER BY eventID",
    "SELECT requestID FROM cloudtrail_events WHERE eventTime >= timestamp '2026-03-01 00:00:03' ORDER BY eventTime",
    "SELECT date_trunc('hour', eventTime) AS h, count(DISTINCT eventID) AS n FROM cloudtrail_events GROUP BY 1",
]


def test_spark_gives_the_same_rows(
    tmp_path: Path, lake: Any, ingest: Any, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Spark's client takes a main module without a file, as a parallel test run has, for a run of its own documents.
    monkeypatch.setattr(sys.modules["__main__"], "__file__", __file__, raising=False)
    from pysail.spark import SparkConnectServer

    from garrison.lake.spark import ask_spark

    write_log(tmp_path / "a.json", [record(n, eventName="PutObject" if n % 2 else "GetObject") for n in range(6)])
    ingest(tmp_path / "a.json")
    server = SparkConnectServer(port=0)
    server.start(background=True)
    try:
        host, port = server.listening_address
        for question in QUESTIONS:
            assert ask_spark(lake, question, f"sc://{host}:{port}").to_pylist() == rows(question), question
    finally:
        server.stop()


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The endpoint of an S3-compatible store with the bucket `logs`."""
    import boto3
    from moto.server import ThreadedMotoServer

    for name, value in {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="logs")
    yield endpoint
    server.stop()


def test_a_bucket_is_read_and_a_bucket_keeps_the_lake(tmp_path: Path, bucket: str) -> None:
    import boto3

    s3 = boto3.client("s3", endpoint_url=bucket)
    for number in range(3):
        path = write_log(tmp_path / f"{number}.json.gz", [record(number * 10 + n) for n in range(4)])
        s3.upload_file(str(path), "logs", f"AWSLogs/x/{path.name}")
    place = LakePlace(tmp_path / "lake", warehouse="s3://logs/lake", endpoint=bucket)
    lake = Lake(place)
    source = source_of("s3://logs/AWSLogs/", endpoint=bucket)
    assert Ingest(lake, source, workers=1).run().records == 12
    assert Ingest(lake, source, workers=1).run().present == 3
    with ask(lake, "SELECT count(*) AS n FROM cloudtrail_events WHERE eventTime >= '2026-03-01'") as answer:
        assert [row for batch in answer.batches() for row in batch.to_pylist()] == [{"n": 12}]
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="logs", Prefix="lake/")["Contents"]]
    assert any(key.endswith(".parquet") for key in keys)
    assert not os.path.exists(place.folder / "warehouse")
