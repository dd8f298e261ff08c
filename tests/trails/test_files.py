"""Log files and digests: their names, bytes, hashes and signatures."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta

import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garrison.trails import (
    DigestedFile,
    SoftwareSigner,
    build_digest,
    build_log_files,
    digest_key,
    log_file_key,
    new_private_key,
)

ACCOUNT = "123456789012"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SIGNER = SoftwareSigner(new_private_key())


def test_keys_have_awss_layout() -> None:
    key = log_file_key("logs", ACCOUNT, "us-east-1", AT, "seed")
    head = f"logs/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/01/02/{ACCOUNT}_CloudTrail_us-east-1_20260102T0304Z_"
    assert key.startswith(head)
    assert key.endswith(".json.gz")
    assert len(key) == len(head) + 16 + len(".json.gz")
    assert (
        log_file_key("logs", ACCOUNT, "us-east-1", AT, "seed")
        == key
        != log_file_key("logs", ACCOUNT, "us-east-1", AT, "x")
    )
    assert log_file_key(None, ACCOUNT, "us-east-1", AT, "x", "o-1").startswith(f"AWSLogs/o-1/{ACCOUNT}/CloudTrail/")
    assert digest_key(None, ACCOUNT, "eu-west-1", "main", "us-east-1", AT) == (
        f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/eu-west-1/2026/01/02/"
        f"{ACCOUNT}_CloudTrail-Digest_eu-west-1_main_us-east-1_20260102T030405Z.json.gz"
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(st.datetimes(timezones=st.just(UTC)), st.integers(0, 50)), max_size=30), st.integers(20, 200))
def test_every_record_is_in_exactly_one_file_in_its_place(records: list[tuple[datetime, int]], most: int) -> None:
    made = [
        (at, json.dumps({"number": number, "text": "x" * length}).encode())
        for number, (at, length) in enumerate(records)
    ]
    files = list(build_log_files(iter(made), most))
    read = [record for file in files for record in json.loads(gzip.decompress(file.compressed()))["Records"]]
    assert [record["number"] for record in read] == list(range(len(records)))
    assert sum(file.count for file in files) == len(records)
    assert all(len(file.body) <= most + 30 or file.count == 1 for file in files)
    assert all(file.oldest <= file.newest for file in files)


def test_a_digest_says_what_was_delivered_and_is_chained_and_signed() -> None:
    logged = DigestedFile("audit", "a.json.gz", "ab" * 32, AT, AT + timedelta(minutes=3))
    first = build_digest(
        account=ACCOUNT,
        bucket="audit",
        key="d1",
        start=AT,
        end=AT + timedelta(hours=1),
        files=[],
        previous=None,
        signer=SIGNER,
    )
    second = build_digest(
        account=ACCOUNT,
        bucket="audit",
        key="d2",
        start=AT + timedelta(hours=1),
        end=AT + timedelta(hours=2),
        files=[logged],
        previous=first.as_previous(),
        signer=SIGNER,
    )
    assert json.loads(first.body)["previousDigestSignature"] is None
    assert json.loads(first.body)["newestEventTime"] is None
    assert json.loads(second.body) == {
        "awsAccountId": ACCOUNT,
        "digestStartTime": "2026-01-02T04:04:05Z",
        "digestEndTime": "2026-01-02T05:04:05Z",
        "digestS3Bucket": "audit",
        "digestS3Object": "d2",
        "digestPublicKeyFingerprint": SIGNER.fingerprint,
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": "2026-01-02T03:07:05Z",
        "oldestEventTime": "2026-01-02T03:04:05Z",
        "previousDigestS3Bucket": "audit",
        "previousDigestS3Object": "d1",
        "previousDigestHashValue": hashlib.sha256(gzip.decompress(first.compressed())).hexdigest(),
        "previousDigestHashAlgorithm": "SHA-256",
        "previousDigestSignature": first.signature,
        "logFiles": [
            {
                "s3Bucket": "audit",
                "s3Object": "a.json.gz",
                "hashValue": "ab" * 32,
                "hashAlgorithm": "SHA-256",
                "newestEventTime": "2026-01-02T03:07:05Z",
                "oldestEventTime": "2026-01-02T03:04:05Z",
            }
        ],
    }
    public_key = rsa.PublicKey.load_pkcs1(SIGNER.public_key, format="DER")
    for digest, end, before in (
        (first, "2026-01-02T04:04:05Z", "null"),
        (second, "2026-01-02T05:04:05Z", first.signature),
    ):
        signed = f"{end}\naudit/{digest.key}\n{hashlib.sha256(digest.body).hexdigest()}\n{before}".encode()
        assert rsa.verify(signed, bytes.fromhex(digest.signature), public_key) == "SHA-256"
