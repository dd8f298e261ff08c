"""Uploads larger than a call's body may be go to the disk as they come: with each kind of signature, and without a trace when refused."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from garrison.testing import Account, allow
from tests.gateway.raw import Door

BODY = os.urandom(9 * 1024 * 1024)
"""More than a call may carry."""


@pytest.fixture(scope="module")
def account(garrison_module: Account) -> Account:
    """An account with a bucket that the tests share."""
    garrison_module.client("s3").create_bucket(Bucket="uploads")
    return garrison_module


@pytest.fixture(autouse=True)
def _stays_well(account: Account) -> Iterator[None]:
    """After each test the server has logged no fault of its own."""
    yield
    log = (account.home / "garrison.log").read_text()
    assert "internal_failure" not in log and "Traceback" not in log, log[-4000:]


def lying(account: Account) -> list[Path]:
    """Every file of objects' bytes."""
    return sorted(
        path for path in (account.home / "objects").rglob("*") if path.is_file() and path.name != "sweep.lock"
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"s3": {"payload_signing_enabled": True}},
        {"s3": {"payload_signing_enabled": False}, "request_checksum_calculation": "when_required"},
        {"s3": {"payload_signing_enabled": True}, "request_checksum_calculation": "when_required"},
    ],
)
def test_a_large_body_comes_back_whatever_its_signature(account: Account, options: dict[str, Any]) -> None:
    s3 = account.client("s3", config=Config(**options))
    put = s3.put_object(Bucket="uploads", Key="large", Body=BODY, Metadata={"a": "b"})
    assert put["ETag"] == f'"{hashlib.md5(BODY).hexdigest()}"'
    got = s3.get_object(Bucket="uploads", Key="large")
    assert got["Body"].read() == BODY and got["Metadata"] == {"a": "b"}
    assert got["ContentLength"] == len(BODY)
    assert s3.get_object(Bucket="uploads", Key="large", Range="bytes=65000-140000")["Body"].read() == BODY[65000:140001]


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA256"])
def test_the_checksum_that_follows_the_body_is_verified_and_kept(account: Account, s3: Any, algorithm: str) -> None:
    put = s3.put_object(Bucket="uploads", Key="sum", Body=BODY, ChecksumAlgorithm=algorithm)
    head = s3.head_object(Bucket="uploads", Key="sum", ChecksumMode="ENABLED")
    assert put[f"Checksum{algorithm}"] == head[f"Checksum{algorithm}"]


def test_parts_are_uploads_too(account: Account, s3: Any) -> None:
    upload = s3.create_multipart_upload(Bucket="uploads", Key="parts")["UploadId"]
    parts = []
    for number, body in ((1, BODY), (2, b"end")):
        part = s3.upload_part(Bucket="uploads", Key="parts", UploadId=upload, PartNumber=number, Body=body)
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    s3.complete_multipart_upload(Bucket="uploads", Key="parts", UploadId=upload, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket="uploads", Key="parts")["Body"].read() == BODY + b"end"


def test_a_refused_upload_is_told_before_its_bytes_and_leaves_nothing(account: Account) -> None:
    before = lying(account)
    reader = account.user("upload-reader", [allow("s3:GetObject")])
    with pytest.raises(ClientError, match="AccessDenied"):
        reader.client("s3").put_object(Bucket="uploads", Key="denied", Body=BODY)
    door = Door(account)
    for headers, code in (
        (signed(door, "/uploads/wrong") | {"X-Amz-Meta-Added": "1"}, "AccessDenied"),
        (signed(door, "/uploads/other"), "SignatureDoesNotMatch"),
        (
            {"Host": door.host, "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request"},
            None,
        ),
    ):
        answer = door.send(head(headers, "/uploads/wrong", len(BODY), "Expect: 100-continue"))
        assert answer is not None and answer.status in (400, 403), answer
        assert code is None or answer.code == code
    assert lying(account) == before
    assert [event["errorCode"] for event in account.events("PutObject", reader)] == ["AccessDenied"]


def test_what_is_not_what_was_signed_leaves_nothing(account: Account) -> None:
    before = lying(account)
    door = Door(account)
    answer = door.send(head(signed(door, "/uploads/changed"), "/uploads/changed", len(BODY)), BODY[:-1] + b"x")
    assert answer is not None and (answer.status, answer.code) == (400, "XAmzContentSHA256Mismatch")
    assert (
        door.send(head(signed(door, "/uploads/cut"), "/uploads/cut", len(BODY)), BODY[: len(BODY) // 2], ends=True)
        is None
    )
    with pytest.raises(ClientError, match="BadDigest"):
        account.client("s3").put_object(
            Bucket="uploads", Key="digest", Body=BODY, ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg=="
        )
    with pytest.raises(ClientError, match="NoSuchBucket"):
        account.client("s3").put_object(Bucket="nowhere", Key="a", Body=BODY)
    assert lying(account) == before


def test_an_upload_that_nobody_looked_at_is_not_taken(account: Account) -> None:
    door = Door(account)
    before = [path for path in lying(account) if path.stat().st_size > len(BODY)]
    small = hashlib.sha256(b"").hexdigest()
    headers = door.sign("PUT", "/uploads/first", b"", {"Host": door.host, "X-Amz-Content-SHA256": small}, "s3")
    first = head(headers, "/uploads/first", 0).replace(b"Connection: close\r\n", b"")
    door.send(first + head(signed(door, "/uploads/other"), "/uploads/behind", len(BODY)), BODY)
    answer = door.send(head(signed(door, "/uploads/c") | {"Host": "elsewhere.example"}, "/uploads/c", len(BODY)))
    assert answer is not None and answer.status == 421
    assert [path for path in lying(account) if path.stat().st_size > len(BODY)] == before


def test_a_document_is_no_upload(account: Account, s3: Any) -> None:
    with pytest.raises(ClientError, match="MaxMessageLengthExceeded"):
        s3.put_bucket_policy(Bucket="uploads", Policy=" " * len(BODY))


def signed(door: Door, path: str) -> dict[str, str]:
    digest = hashlib.sha256(BODY).hexdigest()
    return door.sign("PUT", path, BODY, {"Host": door.host, "X-Amz-Content-SHA256": digest}, "s3")


def head(headers: dict[str, str], path: str, length: int, *more: str) -> bytes:
    lines = [f"PUT {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {length}", *more, "Connection: close", "", ""]).encode("latin-1")
