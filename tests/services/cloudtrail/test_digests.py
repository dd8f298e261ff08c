"""Digests: an unbroken chain of hours over everything that was delivered, signed by keys that ListPublicKeys shows."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import rsa

from garrison.errors import ApiError
from garrison.services.cloudtrail.digest_keys import DigestKey, destroy_retired, signer_at
from garrison.trails.digests import PERIOD

from .post import ACCOUNT, Post


@pytest.fixture
def post(api: Any, tmp_path: Path) -> Post:
    return Post(api, tmp_path)


def verify(post: Post) -> list[dict[str, Any]]:
    """Check hashes and signatures of all digests of the home region as the User Guide says, and give them."""
    by_key = {key: made for (_, key), made in post.objects.items()}
    digests = [digest for digest in post.digests() if "/us-east-1/" in digest["digestS3Object"]]
    keys = post.api.cloudtrail.list_public_keys(
        StartTime=post.clock.now() - timedelta(days=1000), EndTime=post.clock.now()
    )["PublicKeyList"]
    public_keys = {key["Fingerprint"]: rsa.PublicKey.load_pkcs1(key["Value"], format="DER") for key in keys}
    for digest in digests:
        put = by_key[digest["digestS3Object"]]
        body = gzip.decompress(put["Body"])
        signed = "\n".join(
            [
                digest["digestEndTime"],
                f"{digest['digestS3Bucket']}/{digest['digestS3Object']}",
                hashlib.sha256(body).hexdigest(),
                digest["previousDigestSignature"] or "null",
            ]
        )
        assert put["Metadata"]["signature-algorithm"] == "SHA256withRSA"
        signature = bytes.fromhex(put["Metadata"]["signature"])
        rsa.verify(signed.encode(), signature, public_keys[digest["digestPublicKeyFingerprint"]])
        for file in digest["logFiles"]:
            assert hashlib.sha256(gzip.decompress(by_key[file["s3Object"]]["Body"])).hexdigest() == file["hashValue"]
        if digest["previousDigestS3Object"] is not None:
            before = by_key[digest["previousDigestS3Object"]]
            assert hashlib.sha256(gzip.decompress(before["Body"])).hexdigest() == digest["previousDigestHashValue"]
            assert before["Metadata"]["signature"] == digest["previousDigestSignature"]
    return digests


def hours(digests: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(digest["digestStartTime"][11:16], digest["digestEndTime"][11:16]) for digest in digests]


def test_every_hour_has_its_digest_also_an_empty_one_and_each_names_the_one_before(post: Post) -> None:
    post.start(EnableLogFileValidation=True)
    post.come_round()
    post.come_round(seconds=3 * 3600)
    digests = verify(post)
    assert hours(digests) == [("03:04", "04:04"), ("04:04", "05:04"), ("05:04", "06:04")]
    assert [len(digest["logFiles"]) for digest in digests] == [1, 0, 0]
    assert [digest["previousDigestS3Object"] for digest in digests] == [
        None,
        digests[0]["digestS3Object"],
        digests[1]["digestS3Object"],
    ]
    assert post.api.cloudtrail.get_trail_status(Name="main")["LatestDigestDeliveryTime"] == post.clock.now()


def test_a_chain_begins_when_logging_does_however_late_a_round_comes(post: Post) -> None:
    post.start(EnableLogFileValidation=True)
    post.come_round(seconds=2 * 3600)
    assert hours(verify(post)) == [("03:04", "04:04"), ("04:04", "05:04")]


def test_each_region_with_log_files_has_a_chain_of_its_own(post: Post) -> None:
    post.start(EnableLogFileValidation=True, IsMultiRegionTrail=True)
    post.happens(awsRegion="eu-west-1")
    post.come_round()
    post.come_round(seconds=3700)
    assert {digest["digestS3Object"].split("/")[3] for digest in post.digests()} == {"us-east-1", "eu-west-1"}
    assert all(len(digest["logFiles"]) == 1 for digest in post.digests())


def test_a_bucket_that_refuses_digests_gets_them_all_in_the_end(post: Post) -> None:
    post.start(EnableLogFileValidation=True)
    post.come_round()
    post.refusals["PutObject"] = ApiError("AccessDenied", "Access Denied", status=403)
    post.come_round(seconds=2 * 3600)
    assert post.api.cloudtrail.get_trail_status(Name="main")["LatestDigestDeliveryError"] == "AccessDenied"
    post.refusals.clear()
    post.come_round(seconds=120)
    assert len(verify(post)) == 2
    assert "LatestDigestDeliveryError" not in post.api.cloudtrail.get_trail_status(Name="main")


def test_without_validation_the_chain_ends_with_its_hour_and_a_new_one_begins(post: Post) -> None:
    post.start(EnableLogFileValidation=True)
    post.come_round()
    post.change(post.api.cloudtrail.update_trail, Name="main", EnableLogFileValidation=False)
    post.come_round()
    post.come_round(seconds=5 * 3600)
    post.change(post.api.cloudtrail.update_trail, Name="main", EnableLogFileValidation=True)
    post.come_round()
    post.come_round(seconds=3700)
    digests = verify(post)
    assert [digest["previousDigestS3Object"] for digest in digests] == [None, None]


def test_the_chain_goes_on_in_another_bucket(post: Post) -> None:
    post.start(EnableLogFileValidation=True)
    post.come_round()
    post.come_round(seconds=3600)
    post.change(post.api.cloudtrail.update_trail, Name="main", S3BucketName="other-logs")
    post.come_round(seconds=3600)
    first, second = post.digests()[0], post.digests("other-logs")[0]
    assert second["previousDigestS3Bucket"] == "audit-logs"
    assert second["previousDigestS3Object"] == first["digestS3Object"]


def test_keys_follow_each_other_and_old_private_halves_are_destroyed(post: Post) -> None:
    store, start = post.api.store, post.clock.now()

    def signer(days: int) -> str:
        began = start + timedelta(days=days)
        return signer_at(store, ACCOUNT, "us-east-1", began, began + PERIOD).fingerprint

    def shown(since: int, until: int) -> list[str]:
        answer = post.api.cloudtrail.list_public_keys(
            StartTime=start + timedelta(days=since), EndTime=start + timedelta(days=until)
        )
        return [key["Fingerprint"] for key in answer["PublicKeyList"]]

    first, again, second = signer(0), signer(364), signer(366)
    assert first == again != second
    assert signer(1) == first, "a digest of long ago is signed by the key of its time"
    third = signer(366 * 2 + 31)
    assert shown(0, 1000) == [third, second, first]
    assert shown(0, 10) == [first]
    assert shown(400, 400) == [second]
    with store.reading(ACCOUNT, "us-east-1") as unit:
        assert [key.sealed_key is not None for key in unit.page(DigestKey)] == [False, False, True]


def test_a_key_is_followed_by_another_when_the_operator_wants_it(post: Post, refused: Any) -> None:
    code, _ = refused(post.api.garrison.rotate_digest_key)
    assert code == "ResourceNotFoundException"
    post.start(EnableLogFileValidation=True)
    post.come_round()
    post.come_round(seconds=3600)
    post.refusals["PutObject"] = ApiError("AccessDenied", "Access Denied", status=403)
    post.come_round(seconds=3600)
    rotated = post.api.garrison.rotate_digest_key()
    again = post.api.garrison.rotate_digest_key()
    assert again["PreviousKey"]["Fingerprint"] == rotated["Key"]["Fingerprint"]
    assert again["Key"]["ValidityStartTime"] == again["PreviousKey"]["ValidityEndTime"] + timedelta(seconds=1)
    post.refusals.clear()
    post.come_round(seconds=3600)
    signers = [digest["digestPublicKeyFingerprint"] for digest in verify(post)]
    first, last = rotated["PreviousKey"]["Fingerprint"], again["Key"]["Fingerprint"]
    assert signers == [first, first, last], "an hour of before has the key of before, also when its digest comes late"
    keys = post.api.cloudtrail.list_public_keys(
        StartTime=post.clock.now() - timedelta(days=1), EndTime=post.clock.now()
    )
    assert [key["Fingerprint"] for key in keys["PublicKeyList"]] == [last, rotated["Key"]["Fingerprint"], first]
    with post.api.store.writing(ACCOUNT, "us-east-1") as unit:
        destroy_retired(unit, post.clock.now() + timedelta(days=31))
        assert [key.sealed_key is not None for key in unit.page(DigestKey)] == [False, False, True]


def test_there_is_no_key_before_there_is_a_digest(api: Any, refused: Any) -> None:
    assert api.cloudtrail.list_public_keys()["PublicKeyList"] == []
    now = api.clock.now()
    code, _ = refused(api.cloudtrail.list_public_keys, StartTime=now, EndTime=now - timedelta(hours=1))
    assert code == "InvalidTimeRangeException"


def test_hashes_are_sent_elsewhere_and_wait_while_a_place_does_not_take_them(post: Post, tmp_path: Path) -> None:
    anchors, absent = tmp_path / "anchors.jsonl", tmp_path / "absent" / "anchors.jsonl"
    post.api.parts.settings.digest_anchors = (f"file:{absent}", f"file:{anchors}", "s3://elsewhere/digests")
    post.start(EnableLogFileValidation=True)
    post.come_round()
    post.come_round(seconds=2 * 3600)
    lines = [json.loads(line) for line in anchors.read_text().splitlines()]
    digests = verify(post)
    assert [line["key"] for line in lines] == [digest["digestS3Object"] for digest in digests]
    assert lines[0]["sha256"] == digests[1]["previousDigestHashValue"]
    assert lines[0]["signature"] == digests[1]["previousDigestSignature"]
    elsewhere = [json.loads(made["Body"]) for (bucket, _), made in post.objects.items() if bucket == "elsewhere"]
    assert elsewhere == lines
    absent.parent.mkdir()
    post.come_round(seconds=120)
    assert absent.read_text() == anchors.read_text()
