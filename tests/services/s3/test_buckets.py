"""Buckets come, go, are listed, and belong to an account and a Region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from garrison.testing import Account, Principal

Refused = Callable[..., tuple[str, int]]


def test_a_bucket_is_created_found_listed_and_deleted(s3: Any, refused: Refused) -> None:
    assert s3.create_bucket(Bucket="photos")["Location"] == "/photos"
    assert s3.head_bucket(Bucket="photos")["BucketRegion"] == "us-east-1"
    assert s3.get_bucket_location(Bucket="photos").get("LocationConstraint") is None
    assert "photos" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    s3.delete_bucket(Bucket="photos")
    assert refused(s3.head_bucket, Bucket="photos") == ("404", 404)
    assert refused(s3.delete_bucket, Bucket="photos") == ("NoSuchBucket", 404)


@pytest.mark.parametrize(
    "name",
    [
        "Upper",
        "under_score",
        "-start",
        "end-",
        "two..dots",
        "192.168.5.4",
        "xn--x1",
        "sthree-x",
        "a-s3alias",
        "x--ol-s3",
    ],
)
def test_a_name_that_breaks_a_rule_is_refused(garrison_module: Account, refused: Refused, name: str) -> None:
    s3 = garrison_module.client("s3", config=_unchecked())
    assert refused(s3.create_bucket, Bucket=name) == ("InvalidBucketName", 400)


def _unchecked() -> Any:
    from botocore.config import Config

    return Config(parameter_validation=False, s3={"addressing_style": "path"})


def test_a_bucket_is_made_where_it_is_wanted(garrison_module: Account, s3: Any, refused: Refused) -> None:
    s3.create_bucket(Bucket="in-ireland", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert s3.get_bucket_location(Bucket="in-ireland")["LocationConstraint"] == "eu-west-1"
    ireland = garrison_module.client("s3", region_name="eu-west-1")
    assert ireland.head_bucket(Bucket="in-ireland")["BucketRegion"] == "eu-west-1"
    assert refused(ireland.create_bucket, Bucket="x-in-none") == ("IllegalLocationConstraintException", 400)


def test_a_client_of_another_region_is_told_where_a_bucket_is(garrison_module: Account, bucket: str) -> None:
    frankfurt = garrison_module.client("s3", region_name="eu-central-1")
    seen: list[str] = []
    frankfurt.meta.events.register_first("before-send.s3", lambda request, **_: seen.append(str(request.headers)))
    assert frankfurt.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert "eu-central-1/s3" in seen[0]
    assert "us-east-1/s3" in seen[-1], "botocore has signed again for the Region that the refusal names"


def test_a_name_is_taken_for_all_accounts(s3: Any, neighbour: Principal, bucket: str, refused: Refused) -> None:
    assert s3.create_bucket(Bucket=bucket)["Location"] == f"/{bucket}", "us-east-1 makes one's own again"
    assert refused(neighbour.client("s3").create_bucket, Bucket=bucket) == ("BucketAlreadyExists", 409)
    assert bucket not in [found["Name"] for found in neighbour.client("s3").list_buckets()["Buckets"]]


def test_a_bucket_that_holds_something_stays(s3: Any, bucket: str, refused: Refused) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"a")
    assert refused(s3.delete_bucket, Bucket=bucket) == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket=bucket, Key="a")
    s3.delete_bucket(Bucket=bucket)


def test_listing_buckets_is_paged(s3: Any) -> None:
    for number in range(5):
        s3.create_bucket(Bucket=f"paged-{number}")
    first = s3.list_buckets(Prefix="paged-", MaxBuckets=2)
    second = s3.list_buckets(Prefix="paged-", MaxBuckets=2, ContinuationToken=first["ContinuationToken"])
    third = s3.list_buckets(Prefix="paged-", MaxBuckets=2, ContinuationToken=second["ContinuationToken"])
    names = [bucket["Name"] for page in (first, second, third) for bucket in page["Buckets"]]
    assert names == [f"paged-{number}" for number in range(5)]
    assert "ContinuationToken" not in third


def test_acls_are_switched_off(s3: Any, bucket: str, refused: Refused) -> None:
    assert s3.get_bucket_acl(Bucket=bucket)["Grants"][0]["Permission"] == "FULL_CONTROL"
    assert refused(s3.put_bucket_acl, Bucket=bucket, ACL="public-read") == ("AccessControlListNotSupported", 400)
    rule = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"][0]
    assert rule == {"ObjectOwnership": "BucketOwnerEnforced"}
    assert refused(s3.create_bucket, Bucket="x-public", ACL="public-read")[0] == "InvalidBucketAclWithObjectOwnership"
