"""A trail of a running server, as its owner sees it."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from garrison.testing import Account

PATIENCE_SECONDS = 40.0


def bucket_policy(account: str, bucket: str, trail_arn: str, prefix: str = "") -> str:
    """The policy of the User Guide's "Amazon S3 bucket policy for CloudTrail"."""
    source = {"aws:SourceArn": trail_arn}
    principal = {"Service": "cloudtrail.amazonaws.com"}
    acl = {"s3:x-amz-acl": "bucket-owner-full-control"}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AWSCloudTrailAclCheck20150319",
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "s3:GetBucketAcl",
                    "Resource": f"arn:aws:s3:::{bucket}",
                    "Condition": {"StringEquals": source},
                },
                {
                    "Sid": "AWSCloudTrailWrite20150319",
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "s3:PutObject",
                    "Resource": f"arn:aws:s3:::{bucket}/{prefix}AWSLogs/{account}/*",
                    "Condition": {"StringEquals": acl | source},
                },
            ],
        }
    )


class Trail:
    """A trail of an account, with a bucket of its own."""

    def __init__(self, account: Account, name: str, *, start: bool = True, s3: Any = None, **settings: Any) -> None:
        self.account, self.name, self.bucket = account, name, f"logs-of-{name}"
        self.arn = f"arn:aws:cloudtrail:{account.region}:{account.account_id}:trail/{name}"
        self.cloudtrail, self.s3 = account.client("cloudtrail"), s3 or account.client("s3")
        self.s3.create_bucket(Bucket=self.bucket)
        if s3 is None:
            self.allow()
        self.cloudtrail.create_trail(Name=name, S3BucketName=self.bucket, **settings)
        if start:
            self.cloudtrail.start_logging(Name=name)

    def allow(self) -> None:
        """Give the bucket the documented policy."""
        policy = bucket_policy(self.account.account_id, self.bucket, self.arn)
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy)

    def keys(self, kind: str = "CloudTrail") -> list[str]:
        """The object keys of a kind of files."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        found = [made["Key"] for page in pages for made in page.get("Contents", ())]
        return [key for key in found if f"/{kind}/" in key and key.endswith(".gz")]

    def read(self, key: str) -> dict[str, Any]:
        """An object's JSON."""
        body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        read: dict[str, Any] = json.loads(gzip.decompress(body))
        return read

    def records(self) -> list[dict[str, Any]]:
        """The records of all log files."""
        return [record for key in self.keys() for record in self.read(key)["Records"]]

    def wait_for(self, what: Callable[[], Any]) -> Any:
        """Wait until something is so, and give it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := what()):
            assert time.monotonic() < deadline, self.cloudtrail.get_trail_status(Name=self.name)
            time.sleep(0.2)
        return found

    def wait_for_event(self, name: str) -> list[dict[str, Any]]:
        """Wait until an event of this name is in a log file, and give all of them."""
        found: list[dict[str, Any]] = self.wait_for(
            lambda: [record for record in self.records() if record["eventName"] == name]
        )
        return found

    def validate(self, start: str, *options: str, **environment: str) -> tuple[int, str]:
        """What `aws cloudtrail validate-logs` says: its exit status and its output."""
        done = subprocess.run(
            [
                *(str(Path(sys.executable).with_name("aws")), "cloudtrail", "validate-logs", "--verbose"),
                *("--trail-arn", self.arn, "--start-time", start, "--end-time", text(self.account.clock.now())),
                *options,
            ],
            env=os.environ | self.account.administrator.environment() | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


def text(at: Any) -> str:
    """A time as the AWS CLI takes it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
