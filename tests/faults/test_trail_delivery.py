"""`kill -9` at any point of a trail's delivery: every event is in its log files once, and every file in its digests once."""

from __future__ import annotations

import gzip
import json
import os
import random
import time
from collections import Counter
from typing import Any

from garrison.testing.recorded import Recorded

from .server import BACKGROUND, RunningServer, wait_for

BUCKET = "killed-logs"


def set_up(server: RunningServer) -> str:
    """Deliver every second, and start a trail; gives the account id."""
    server.stop()
    with (server.home / "garrison.toml").open("a") as settings:
        settings.write("\ntrail_delivery_seconds = 1\n")
    server.start()
    account: str = server.client("sts").get_caller_identity()["Account"]
    s3, cloudtrail = server.client("s3"), server.client("cloudtrail")
    s3.create_bucket(Bucket=BUCKET)
    allowed = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            allowed | {"Action": "s3:GetBucketAcl", "Resource": f"arn:aws:s3:::{BUCKET}"},
            allowed | {"Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{BUCKET}/AWSLogs/{account}/*"},
        ],
    }
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    cloudtrail.create_trail(Name="killed", S3BucketName=BUCKET)
    cloudtrail.start_logging(Name="killed")
    return account


def delivered(server: RunningServer) -> list[str]:
    """The event ids of all log files."""
    s3 = server.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    keys = [made["Key"] for page in pages for made in page.get("Contents", ()) if made["Key"].endswith(".gz")]
    return [
        record["eventID"]
        for key in keys
        for record in json.loads(gzip.decompress(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()))["Records"]
    ]


def wanted(records: list[dict[str, Any]]) -> set[str]:
    """The events that the trail wants, of all that was recorded."""
    names = [record["eventName"] for record in records]
    since = records[names.index("StartLogging") :]
    return {record["eventID"] for record in since if record["managementEvent"]}


def test_nothing_is_lost_or_doubled_however_often_the_delivery_is_killed(server: RunningServer) -> None:
    set_up(server)
    rounds = int(os.environ.get("GARRISON_FAULT_ROUNDS", "5"))
    seed = int(os.environ.get("GARRISON_FAULT_SEED") or random.randrange(2**32))
    print(f"GARRISON_FAULT_SEED={seed}")
    dice = random.Random(seed)
    iam = server.client("iam")
    for number in range(rounds):
        for user in range(10):
            iam.create_user(UserName=f"user-{number}-{user}")
        time.sleep(dice.uniform(0.3, 1.4))  # about when the next file is cut and put
        server.kill(BACKGROUND)
    expected = wanted(Recorded(server.home).records())
    wait_for(lambda: expected <= set(delivered(server)), "not everything is delivered")
    counts = Counter(delivered(server))
    assert [event_id for event_id, times in counts.items() if times > 1] == []
    assert set(counts) <= wanted(Recorded(server.home).records())
    assert len(expected) >= 10 * rounds
