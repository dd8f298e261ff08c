"""Who may do what with a bucket and its objects: its policy decides with those of the caller, also across accounts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account, Principal

Refused = Callable[..., tuple[str, int]]


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def status_of(call: Callable[[], Any]) -> Any:
    """The HTTP status that a call ends with."""
    try:
        return call()
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]
    except HTTPError as error:
        return error.code


def grant(bucket: str, who: Any, *actions: str, **more: Any) -> dict[str, Any]:
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return {"Effect": "Allow", "Principal": who, "Action": list(actions), "Resource": resources} | more


def test_a_policy_is_kept_given_back_and_deleted(s3: Any, bucket: str, refused: Refused) -> None:
    assert refused(s3.get_bucket_policy, Bucket=bucket) == ("NoSuchBucketPolicy", 404)
    text = document(grant(bucket, {"Service": "cloudtrail.amazonaws.com"}, "s3:GetBucketAcl"))
    s3.put_bucket_policy(Bucket=bucket, Policy=text)
    assert s3.get_bucket_policy(Bucket=bucket)["Policy"] == text
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is False
    s3.delete_bucket_policy(Bucket=bucket)
    assert refused(s3.get_bucket_policy, Bucket=bucket) == ("NoSuchBucketPolicy", 404)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
        document({"Effect": "Allow", "Principal": "*", "Action": "iam:*", "Resource": "*"}),
        document({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::another"}),
    ],
)
def test_a_policy_that_does_not_fit_is_refused(s3: Any, bucket: str, refused: Refused, text: str) -> None:
    assert refused(s3.put_bucket_policy, Bucket=bucket, Policy=text) == ("MalformedPolicy", 400)


def test_public_access_is_blocked_until_the_block_goes(
    garrison_module: Account, s3: Any, bucket: str, refused: Refused
) -> None:
    public = document(grant(bucket, "*", "s3:GetObject"))
    s3.put_object(Bucket=bucket, Key="open", Body=b"for all")
    assert refused(s3.put_bucket_policy, Bucket=bucket, Policy=public) == ("AccessDenied", 403)
    anybody = garrison_module.anonymous("s3")
    assert refused(anybody.get_object, Bucket=bucket, Key="open") == ("AccessDenied", 403)
    s3.delete_public_access_block(Bucket=bucket)
    assert refused(s3.get_public_access_block, Bucket=bucket)[0] == "NoSuchPublicAccessBlockConfiguration"
    s3.put_bucket_policy(Bucket=bucket, Policy=public)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True
    assert anybody.get_object(Bucket=bucket, Key="open")["Body"].read() == b"for all"
    assert refused(anybody.put_object, Bucket=bucket, Key="open", Body=b"") == ("AccessDenied", 403)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    assert refused(anybody.get_object, Bucket=bucket, Key="open") == ("AccessDenied", 403)


def test_another_account_needs_its_own_policy_and_the_buckets(
    garrison_module: Account, s3: Any, bucket: str, neighbour: Principal, refused: Refused
) -> None:
    theirs = neighbour.client("s3")
    s3.put_object(Bucket=bucket, Key="mine", Body=b"mine")
    assert refused(theirs.get_object, Bucket=bucket, Key="mine") == ("AccessDenied", 403)
    assert refused(theirs.put_object, Bucket=bucket, Key="x", Body=b"") == ("AccessDenied", 403)
    member = neighbour.arn.split(":")[4]
    s3.put_bucket_policy(Bucket=bucket, Policy=document(grant(bucket, {"AWS": member}, "s3:GetObject", "s3:PutObject")))
    assert theirs.get_object(Bucket=bucket, Key="mine")["Body"].read() == b"mine"
    theirs.put_object(Bucket=bucket, Key="theirs", Body=b"theirs")
    assert s3.get_object(Bucket=bucket, Key="theirs")["Body"].read() == b"theirs", "the bucket's owner owns it"
    assert refused(theirs.delete_object, Bucket=bucket, Key="theirs") == ("AccessDenied", 403)
    nobody = garrison_module.user("without-policies")
    assert refused(nobody.client("s3").get_object, Bucket=bucket, Key="mine") == ("AccessDenied", 403)


def test_the_acl_that_cloudtrail_writes_with_is_accepted(
    garrison_module: Account, s3: Any, bucket: str, refused: Refused
) -> None:
    writer = garrison_module.user("log-writer")
    condition = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    who = {"AWS": writer.arn}
    statement = grant(bucket, who, "s3:PutObject", "s3:PutObjectAcl", Condition=condition)
    s3.put_bucket_policy(Bucket=bucket, Policy=document(statement))
    client = writer.client("s3")
    client.put_object(Bucket=bucket, Key="AWSLogs/1", Body=b"log", ACL="bucket-owner-full-control")
    assert refused(client.put_object, Bucket=bucket, Key="AWSLogs/2", Body=b"log") == ("AccessDenied", 403)
    assert (
        refused(s3.put_object, Bucket=bucket, Key="k", Body=b"", ACL="public-read")[0]
        == "AccessControlListNotSupported"
    )


def test_who_may_not_list_is_not_told_what_is_missing(
    garrison_module: Account, s3: Any, bucket: str, refused: Refused
) -> None:
    reader = garrison_module.user("reader", [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}])
    assert refused(reader.client("s3").get_object, Bucket=bucket, Key="missing") == ("AccessDenied", 403)
    assert refused(s3.get_object, Bucket=bucket, Key="missing") == ("NoSuchKey", 404)


def test_conditions_see_the_prefix_and_the_tags(
    garrison_module: Account, s3: Any, bucket: str, refused: Refused
) -> None:
    s3.put_object(Bucket=bucket, Key="home/a", Body=b"", Tagging="team=red")
    s3.put_object(Bucket=bucket, Key="home/b", Body=b"", Tagging="team=blue")
    statements = [
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": "*",
            "Condition": {"StringLike": {"s3:prefix": "home/*"}},
        },
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": "*",
            "Condition": {"StringEquals": {"s3:ExistingObjectTag/team": "red"}},
        },
    ]
    client = garrison_module.user("by-condition", statements).client("s3")
    assert client.list_objects_v2(Bucket=bucket, Prefix="home/")["KeyCount"] == 2
    assert refused(client.list_objects_v2, Bucket=bucket, Prefix="other/") == ("AccessDenied", 403)
    client.get_object(Bucket=bucket, Key="home/a")
    assert refused(client.get_object, Bucket=bucket, Key="home/b") == ("AccessDenied", 403)


@pytest.mark.parametrize(
    ("condition", "in_header", "presigned"),
    [
        ({"StringEquals": {"s3:authType": "REST-HEADER"}}, 200, 403),
        ({"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}, 403, 200),
        ({"StringEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}, 200, 200),
        ({"NumericLessThan": {"s3:signatureAge": "600000"}}, 200, 200),
        ({"NumericGreaterThan": {"s3:signatureAge": "600000"}}, 403, 403),
        ({"StringNotEquals": {"s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD"}}, 200, 403),
        ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, 403, 403),
    ],
)
def test_conditions_see_how_a_call_is_signed(
    garrison_module: Account, bucket: str, condition: dict[str, Any], in_header: int, presigned: int
) -> None:
    policy = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", "Condition": condition}
    client = garrison_module.user(f"signs-for-{bucket}", [policy]).client("s3")
    url = client.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "a"})

    def by_url() -> Any:
        return urlopen(Request(url, data=b"", method="PUT")).status

    def by_header() -> Any:
        return client.put_object(Bucket=bucket, Key="a", Body=b"")["ResponseMetadata"]["HTTPStatusCode"]

    assert (status_of(by_header), status_of(by_url)) == (in_header, presigned)


def test_the_expected_owner_is_checked(s3: Any, garrison_module: Account, bucket: str, refused: Refused) -> None:
    s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=garrison_module.account_id)
    assert refused(s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="111122223333") == ("AccessDenied", 403)


def test_many_deletions_are_decided_key_by_key(garrison_module: Account, s3: Any, versioned: str) -> None:
    bucket = versioned
    versions = {
        key: s3.put_object(Bucket=bucket, Key=key, Body=b"x")["VersionId"] for key in ("own/a", "own/b", "other")
    }
    own, protected = f"arn:aws:s3:::{bucket}/own/*", {"StringEquals": {"s3:VersionId": versions["own/b"]}}
    deletes = {"Effect": "Allow", "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"], "Resource": own}
    keeps = {"Effect": "Deny", "Action": "s3:DeleteObjectVersion", "Resource": own, "Condition": protected}
    user = garrison_module.user("gardener", [json.loads(document(deletes, keeps))])
    objects = [
        {"Key": "own/a"},
        {"Key": "other"},
        {"Key": "own/a", "VersionId": versions["own/a"]},
        {"Key": "own/b", "VersionId": versions["own/b"]},
        {"Key": "own/b"},
    ]
    answer = user.client("s3").delete_objects(Bucket=bucket, Delete={"Objects": objects})
    assert [(each["Key"], each.get("VersionId")) for each in answer["Deleted"]] == [
        ("own/a", None),
        ("own/a", versions["own/a"]),
        ("own/b", None),
    ]
    assert [(each["Key"], each.get("VersionId"), each["Code"]) for each in answer["Errors"]] == [
        ("other", None, "AccessDenied"),
        ("own/b", versions["own/b"], "AccessDenied"),
    ]
    assert "s3:DeleteObjectVersion" in answer["Errors"][1]["Message"]
    assert s3.get_object(Bucket=bucket, Key="other")["Body"].read() == b"x"
    assert s3.get_object(Bucket=bucket, Key="own/b", VersionId=versions["own/b"])["Body"].read() == b"x"
    (event,) = garrison_module.events("DeleteObjects")
    assert "errorCode" not in event


def test_many_deletions_that_are_all_refused_are_an_answer(
    garrison_module: Account, s3: Any, bucket: str, refused: Refused
) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    nobody = garrison_module.user("without-rights").client("s3")
    answer = nobody.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k"}], "Quiet": True})
    assert [each["Code"] for each in answer["Errors"]] == ["AccessDenied"]
    many = {"Objects": [{"Key": "k"}] * 1001}
    assert refused(s3.delete_objects, Bucket=bucket, Delete=many) == ("MalformedXML", 400)
    one = {"Objects": [{"Key": "k"}]}
    assert refused(s3.delete_objects, Bucket="nobody-made-this", Delete=one) == ("NoSuchBucket", 404)
