"""Digests against their anchors: whatever was rewritten, removed or slipped in is named, and nothing else."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from garrison.lake.anchored import Compared, compare_anchors
from garrison.lake.sources import Found, SourceUnavailable
from garrison.trails import Anchor

FOLDER = "AWSLogs/123456789012/CloudTrail-Digest/us-east-1/"
BEGIN, END = 3, 7


@dataclass
class Store:
    """A bucket, or a folder of anchors, in memory."""

    bucket: str
    objects: dict[str, bytes] = field(default_factory=dict)
    signatures: dict[str, str] = field(default_factory=dict)

    def list(self) -> Iterator[Found]:
        for key, body in sorted(self.objects.items()):
            yield Found(f"s3://{self.bucket}/{key}", len(body), "")

    def read(self, location: str) -> bytes:
        key = location.removeprefix(f"s3://{self.bucket}/")
        if key not in self.objects:
            raise SourceUnavailable("cannot be read: NoSuchKey")
        return self.objects[key]

    def metadata(self, location: str) -> dict[str, str]:
        return {"signature": self.signatures[location.removeprefix(f"s3://{self.bucket}/")]}


def key_of(hour: int) -> str:
    return f"{FOLDER}2026/01/02/123456789012_CloudTrail-Digest_us-east-1_main_us-east-1_20260102T{hour:02}0000Z.json.gz"


class Chain:
    """The digests of some hours, and their anchors."""

    def __init__(self) -> None:
        self.store = Store("logs")
        self.anchors: dict[int, Anchor] = {}
        before: dict[str, Any] = {}
        for hour in range(BEGIN, END):
            body = json.dumps({"hour": hour} | before).encode()
            key, sha256, signature = key_of(hour), hashlib.sha256(body).hexdigest(), f"{hour:02x}"
            self.store.objects[key], self.store.signatures[key] = gzip.compress(body), signature
            self.anchors[hour] = Anchor(
                account="123456789012",
                trail_arn="arn:aws:cloudtrail:us-east-1:123456789012:trail/main",
                home_region="us-east-1",
                trail_name="main",
                region="us-east-1",
                end_time=f"2026-01-02T{hour:02}:00:00Z",
                bucket="logs",
                key=key,
                sha256=sha256,
                signature=signature,
            )
            before = {
                "previousDigestS3Bucket": "logs",
                "previousDigestS3Object": key,
                "previousDigestHashValue": sha256,
                "previousDigestSignature": signature,
            }

    def compared(self, before: bytes = b"", more: bytes = b"") -> Compared:
        lines = b"".join(before + anchor.line() + b"\n" for anchor in self.anchors.values())
        return compare_anchors(Store("anchors", {"anchors.jsonl": lines + more}), lambda bucket, prefix: self.store)


@pytest.fixture
def chain() -> Chain:
    return Chain()


def test_digests_as_they_were_made_do_not_differ(chain: Chain) -> None:
    found = chain.compared(more=b"another line\n")
    assert (found.anchors, found.same, found.vouched, found.unreadable, found.differences) == (4, 4, 0, 0, [])


def test_anchors_are_read_out_of_a_log_of_syslog(chain: Chain) -> None:
    found = chain.compared(
        b"<109>1 2026-01-02T03:00:00Z host garrison - digest - ", b'{"trailArn": 3}\n{"trailArn": "a\n'
    )
    assert (found.anchors, found.same, found.unreadable) == (4, 4, 2)


def test_a_lost_anchor_is_made_good_by_a_later_one(chain: Chain) -> None:
    del chain.anchors[3], chain.anchors[4]
    found = chain.compared()
    assert (found.same, found.vouched, found.differences) == (2, 2, [])


def test_what_is_newer_than_the_anchors_is_counted(chain: Chain) -> None:
    del chain.anchors[6]
    found = chain.compared()
    assert (found.same, found.not_anchored_yet, found.differences) == (3, 1, [])


def change(chain: Chain, hour: int) -> None:
    chain.store.objects[key_of(hour)] = gzip.compress(b'{"hour": 0}')


def remove(chain: Chain, hour: int) -> None:
    del chain.store.objects[key_of(hour)]


def damage(chain: Chain, hour: int) -> None:
    chain.store.objects[key_of(hour)] = chain.store.objects[key_of(hour)][:-9]


def sign_anew(chain: Chain, hour: int) -> None:
    chain.store.signatures[key_of(hour)] = "ff"


@pytest.mark.parametrize("is_anchored", [True, False])
@pytest.mark.parametrize(
    ("done", "reason"),
    [(change, "its SHA-256 is"), (remove, "is not there"), (damage, "truncated"), (sign_anew, "another signature")],
)
def test_what_was_done_to_a_digest_is_named(
    chain: Chain, done: Callable[[Chain, int], None], reason: str, is_anchored: bool
) -> None:
    done(chain, 4)
    if not is_anchored:
        del chain.anchors[4]
    (difference,) = chain.compared().differences
    assert difference["location"] == f"s3://logs/{key_of(4)}"
    assert reason in difference["reason"]


def test_a_chain_made_anew_with_its_key_is_found_out_though_every_signature_verifies(chain: Chain) -> None:
    made_anew = Chain()
    for hour in range(4, END):
        made_anew.store.objects[key_of(hour)] = gzip.compress(json.dumps({"hour": -hour}).encode())
    chain.store = made_anew.store
    assert [each["location"] for each in chain.compared().differences] == [
        f"s3://logs/{key_of(hour)}" for hour in (6, 5, 4)
    ]


def test_a_digest_slipped_in_and_an_anchor_told_twice_are_named(chain: Chain) -> None:
    slipped = key_of(4).replace("0000Z", "3000Z")
    chain.store.objects[slipped] = gzip.compress(b"{}")
    twice = chain.anchors[5].line().replace(chain.anchors[5].sha256.encode(), b"0" * 64)
    reasons = {each["location"]: each["reason"] for each in chain.compared(more=twice).differences}
    assert "made anew" in reasons[f"s3://logs/{key_of(5)}"]
    assert "no anchor or digest names it" in reasons[f"s3://logs/{slipped}"]
    assert len(reasons) == 2
