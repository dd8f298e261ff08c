"""What was acknowledged is there whole: after kill -9, with many writers, in a backup; and what went leaves no bytes."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account


def body(key: str, number: int) -> bytes:
    return hashlib.sha256(f"{key}/{number}".encode()).digest() * 4000


def files(account: Account) -> list[Path]:
    return [path for path in (account.home / "objects" / "bytes").rglob("*") if path.is_file()]


@pytest.mark.garrison(workers=2)
def test_concurrent_writers_leave_one_whole_object(garrison: Account) -> None:
    s3 = garrison.client("s3")
    s3.create_bucket(Bucket="shared")

    def write(number: int) -> None:
        s3.put_object(Bucket="shared", Key="k", Body=body("k", number))
        assert s3.get_object(Bucket="shared", Key="k")["Body"].read() in whole

    whole = {body("k", number) for number in range(24)}
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(write, range(24)))
    won = [number for number in range(100, 108) if _wins(s3, f"once-{number % 2}", body("once", number))]
    assert len(won) == 2


def _wins(s3: Any, key: str, content: bytes) -> bool:
    try:
        s3.put_object(Bucket="shared", Key=key, Body=content, IfNoneMatch="*")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "PreconditionFailed"
        return False
    return True
