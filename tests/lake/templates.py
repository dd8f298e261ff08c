"""CloudTrail records as tests need them."""

from __future__ import annotations

import gzip
import json
import uuid
from pathlib import Path
from typing import Any

ACCOUNT = "111122223333"


def record(number: int = 0, **members: Any) -> dict[str, Any]:
    """A record; the same number gives the same one."""
    return {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
            "accountId": ACCOUNT,
            "userName": "alice",
        },
        "eventTime": f"2026-03-01T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "CreateBucket",
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2",
        "requestParameters": {"bucketName": f"b-{number}", "tags": {"a": [1, 2]}},
        "responseElements": None,
        "requestID": f"R{number}",
        "eventID": str(uuid.UUID(int=number + 1)),
        "readOnly": False,
        "resources": [{"ARN": f"arn:aws:s3:::b-{number}", "accountId": ACCOUNT, "type": "AWS::S3::Bucket"}],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    } | members


def write_log(path: Path, records: list[Any], *, lines: bool = False, packed: bool | None = None) -> Path:
    """A log file in CloudTrail's form, or JSON lines."""
    if lines:
        text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in records)
    else:
        text = json.dumps({"Records": records}, separators=(",", ":"))
    data = text.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if (path.suffix == ".gz" if packed is None else packed) else data)
    return path
