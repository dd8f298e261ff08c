"""The store that the settings name, whichever it is: moto's server stands in for another S3-compatible store."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from garrison.errors import ApiError, OperatorError
from garrison.gateway.metrics import Metrics
from garrison.gateway.pipeline import Pipeline
from garrison.journal import FsyncMode, Spool
from garrison.runtime.parts import open_parts
from garrison.services.s3.external_store import ExternalStore, _read_key
from garrison.services.s3.object_store import ObjectStore, archive_store
from garrison.setting_sources import load_settings
from garrison.testing import Account
from tests.services.moto import Moto

SERVICE = "cloudtrail.amazonaws.com"


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """The endpoint of moto's server."""
    with closing(Moto()) as running:
        yield running.endpoint


def use(store: ObjectStore) -> None:
    """What every store must do."""
    etag = store.put("archive", "a/1.gz", b"one" * 50_000, content_type="text/x", metadata={"sum": "1"})
    store.put("archive", "a/2.gz", b"two", content_encoding="gzip", acl="bucket-owner-full-control")
    store.put("archive", "b", b"")
    head = store.head("archive", "a/1.gz")
    assert head is not None
    assert (head.size_bytes, head.etag, head.metadata, head.content_type) == (150_000, etag, {"sum": "1"}, "text/x")
    found, pieces = store.get("archive", "a/1.gz")
    assert b"".join(pieces) == b"one" * 50_000
    assert found == head
    assert [each.key for each in store.list("archive", "a/")] == ["a/1.gz", "a/2.gz"]
    assert [each.key for each in store.list("archive", "", "a/1.gz")] == ["a/2.gz", "b"]
    store.delete("archive", "b")
    store.delete("archive", "b")
    assert store.head("archive", "b") is None
    with pytest.raises(ApiError) as caught:
        store.get("archive", "none")
    assert caught.value.code == "NoSuchKey"


def test_another_store_is_used(moto: str) -> None:
    store = ExternalStore(moto, "us-east-1", "key", "secret", None)
    store._client.create_bucket(Bucket="archive")
    use(store)


def test_our_own_store_is_used_as_the_buckets_policy_says(garrison: Account, tmp_path: Path) -> None:
    s3 = garrison.client("s3")
    s3.create_bucket(Bucket="archive")
    with closing(open_parts(load_settings(garrison.home))) as opened:
        spool = Spool(opened.home.spools, "test-store", FsyncMode.NEVER)
        Pipeline(opened.parts, opened.clock, spool, Metrics(opened.home.metrics))
        store = archive_store(opened.parts, SERVICE, garrison.account_id, "us-east-1", "arn:aws:cloudtrail:x")
        with pytest.raises(ApiError) as refused:
            store.put("archive", "k", b"")
        assert refused.value.code == "AccessDenied"
        s3.put_bucket_policy(Bucket="archive", Policy=_policy(garrison.account_id))
        use(store)
        spool.close()
    assert [event for event in garrison.events("PutObject") if event["userIdentity"].get("invokedBy") == SERVICE]


def _policy(account: str) -> str:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": ["s3:PutObject", "s3:PutObjectAcl", "s3:GetObject", "s3:ListBucket", "s3:DeleteObject"],
        "Resource": ["arn:aws:s3:::archive", "arn:aws:s3:::archive/*"],
        "Condition": {"StringEquals": {"aws:SourceAccount": account, "aws:SourceArn": "arn:aws:cloudtrail:x"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_store_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(ApiError) as caught:
        ExternalStore(closed, "us-east-1", "key", "secret", None).put("archive", "k", b"")
    assert caught.value.code == "ServiceUnavailable"
    credentials = tmp_path / "credentials"
    with pytest.raises(OperatorError):
        _read_key(credentials, "default")
    credentials.write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
    assert _read_key(credentials, "default") == ("a", "b", None)
    with pytest.raises(OperatorError):
        _read_key(credentials, "other")
