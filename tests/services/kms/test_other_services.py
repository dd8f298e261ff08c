"""Keys of KMS as other services use them: what is kept is under the key, and a disabled key takes it away."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import allow

SECRET = "the quick brown fox 7f3d9c"
"""A text that may lie nowhere in the home in clear."""


def policy_for(account: str, service: str, *actions: str, **condition: Any) -> str:
    """A key policy that leaves the key to its account, and lets a service use it."""
    statements: list[dict[str, Any]] = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": list(actions), "Resource": "*"},
    ]
    if condition:
        statements[1]["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def code_of(call: Callable[[], Any]) -> str:
    """The error code of a call that is refused."""
    with pytest.raises(ClientError) as refused:
        call()
    return str(refused.value.response["Error"]["Code"])


def lies_in_clear(home: Path, text: str) -> list[str]:
    """The files of a home that hold a text."""
    return [str(path) for path in home.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


@pytest.fixture(scope="module")
def kms(garrison_module: Any) -> Any:
    return garrison_module.client("kms")


@pytest.fixture
def key(kms: Any) -> Any:
    return kms.create_key()["KeyMetadata"]


def test_an_object_is_under_its_key_and_gone_with_it(garrison_module: Any, kms: Any, key: Any) -> None:
    s3 = garrison_module.client("s3")
    s3.create_bucket(Bucket="under-key")
    context = base64.b64encode(json.dumps({"team": "red"}).encode()).decode()
    asked = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key["KeyId"], "SSEKMSEncryptionContext": context}
    since = garrison_module.position()
    put = s3.put_object(Bucket="under-key", Key="a", Body=SECRET.encode() * 9000, **asked)
    assert (put["ServerSideEncryption"], put["SSEKMSKeyId"]) == ("aws:kms", key["Arn"])
    got = s3.get_object(Bucket="under-key", Key="a", Range="bytes=100000-100025")
    assert got["Body"].read() == (SECRET.encode() * 9000)[100000:100026]
    assert s3.head_object(Bucket="under-key", Key="a")["SSEKMSKeyId"] == key["Arn"]
    assert lies_in_clear(garrison_module.home, SECRET) == []
    made, opened = (garrison_module.events(name, since=since)[0] for name in ("GenerateDataKey", "Decrypt"))
    for event in (made, opened):
        expected = {"aws:s3:arn": "arn:aws:s3:::under-key/a", "team": "red"}
        assert event["requestParameters"]["encryptionContext"] == expected
        assert event["userIdentity"]["invokedBy"] == "s3.amazonaws.com"

    reader = garrison_module.user("reader", [allow("s3:GetObject", on="arn:aws:s3:::under-key/*")])
    denied = lambda: reader.client("s3").get_object(Bucket="under-key", Key="a")  # noqa: E731
    assert code_of(denied) == "AccessDenied"
    via = {"StringEquals": {"kms:ViaService": f"s3.{garrison_module.region}.amazonaws.com"}}
    through = allow("kms:Decrypt", on=key["Arn"], when=via)
    allowed = garrison_module.user("both", [allow("s3:GetObject", on="arn:aws:s3:::under-key/*"), through])
    assert allowed.client("s3").get_object(Bucket="under-key", Key="a")["ContentLength"] == len(SECRET) * 9000

    kms.disable_key(KeyId=key["KeyId"])
    assert code_of(lambda: s3.get_object(Bucket="under-key", Key="a")) == "KMS.DisabledException"
    assert code_of(lambda: s3.put_object(Bucket="under-key", Key="b", Body=b"", **asked)) == "KMS.DisabledException"
    kms.enable_key(KeyId=key["KeyId"])
    assert s3.get_object(Bucket="under-key", Key="a")["Body"].read(5) == SECRET.encode()[:5]


def test_a_buckets_default_holds_for_uploads_in_parts_and_copies(garrison_module: Any, key: Any) -> None:
    s3 = garrison_module.client("s3")
    s3.create_bucket(Bucket="by-default")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}}
    rules = {"Rules": [rule | {"BucketKeyEnabled": True}]}
    s3.put_bucket_encryption(Bucket="by-default", ServerSideEncryptionConfiguration=rules)
    assert s3.get_bucket_encryption(Bucket="by-default")["ServerSideEncryptionConfiguration"] == rules
    part = b"x" * 5 * 1024**2
    upload = s3.create_multipart_upload(Bucket="by-default", Key="big")
    assert (upload["SSEKMSKeyId"], upload["BucketKeyEnabled"]) == (key["Arn"], True)
    name = {"Bucket": "by-default", "Key": "big", "UploadId": upload["UploadId"]}
    tags = [s3.upload_part(**name, PartNumber=number, Body=body)["ETag"] for number, body in ((1, part), (2, b"end"))]
    parts = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
    s3.complete_multipart_upload(**name, MultipartUpload={"Parts": parts})
    source = {"Bucket": "by-default", "Key": "big"}
    clear = s3.copy_object(Bucket="by-default", Key="clear", CopySource=source, ServerSideEncryption="AES256")
    assert clear["ServerSideEncryption"] == "AES256"
    again = s3.copy_object(Bucket="by-default", Key="again", CopySource="by-default/clear")
    assert again["ServerSideEncryption"] == "aws:kms"
    for each in ("big", "clear", "again"):
        assert s3.get_object(Bucket="by-default", Key=each)["Body"].read() == part + b"end"
    s3.put_object(Bucket="by-default", Key="managed", Body=b"x", ServerSideEncryption="aws:kms")
    managed = s3.head_object(Bucket="by-default", Key="managed")["SSEKMSKeyId"]
    described = garrison_module.client("kms").describe_key(KeyId="alias/aws/s3")["KeyMetadata"]
    assert (described["Arn"], described["KeyManager"]) == (managed, "AWS")


def test_log_events_are_under_the_groups_key(garrison_module: Any, kms: Any) -> None:
    logs = garrison_module.client("logs")
    arn = f"arn:aws:logs:{garrison_module.region}:{garrison_module.account_id}:log-group:sealed"
    service = f"logs.{garrison_module.region}.amazonaws.com"
    wanted = {"StringEquals": {"kms:EncryptionContext:aws:logs:arn": arn}}
    rights = policy_for(garrison_module.account_id, service, "kms:GenerateDataKey*", "kms:Decrypt", **wanted)
    key = kms.create_key(Policy=rights)["KeyMetadata"]["Arn"]
    other = kms.create_key()["KeyMetadata"]["Arn"]
    assert code_of(lambda: logs.create_log_group(logGroupName="sealed", kmsKeyId=other)) == "InvalidParameterException"
    logs.create_log_group(logGroupName="sealed")
    logs.create_log_stream(logGroupName="sealed", logStreamName="s")
    place = {"logGroupName": "sealed", "logStreamName": "s"}

    def put(message: str) -> None:
        now = int(garrison_module.clock.now().timestamp() * 1000)
        logs.put_log_events(**place, logEvents=[{"timestamp": now, "message": message}])

    put("before the key")
    logs.associate_kms_key(logGroupName="sealed", kmsKeyId=key)
    assert logs.describe_log_groups(logGroupNamePrefix="sealed")["logGroups"][0]["kmsKeyId"] == key
    put(f"{SECRET} in a log")
    assert lies_in_clear(garrison_module.home, f"{SECRET} in a log") == []
    assert [each["message"] for each in logs.get_log_events(**place, startFromHead=True)["events"]] == [
        "before the key",
        f"{SECRET} in a log",
    ]
    [found] = logs.filter_log_events(logGroupName="sealed", filterPattern="quick")["events"]
    assert found["message"] == f"{SECRET} in a log"
    kms.disable_key(KeyId=key)
    garrison_module.clock.shift(timedelta(minutes=6))
    assert code_of(lambda: logs.get_log_events(**place)) == "AccessDeniedException"
    assert code_of(lambda: put("refused")) == "AccessDeniedException"
    kms.enable_key(KeyId=key)
    logs.disassociate_kms_key(logGroupName="sealed")
    put("after the key")
    assert len(logs.get_log_events(**place)["events"]) == 3


def test_a_trails_files_are_under_its_key(garrison_module: Any, kms: Any) -> None:
    cloudtrail, s3 = garrison_module.client("cloudtrail"), garrison_module.client("s3")
    bucket = garrison_module.log_bucket("sealed-trail")
    arn = f"arn:aws:cloudtrail:{garrison_module.region}:{garrison_module.account_id}:trail/sealed"
    key = kms.create_key()["KeyMetadata"]["Arn"]
    make = lambda: cloudtrail.create_trail(Name="sealed", S3BucketName=bucket, KmsKeyId=key)  # noqa: E731
    assert code_of(make) == "InsufficientEncryptionPolicyException"
    rights = policy_for(
        garrison_module.account_id,
        "cloudtrail.amazonaws.com",
        "kms:GenerateDataKey*",
        StringEquals={"aws:SourceArn": arn, "kms:EncryptionContext:aws:cloudtrail:arn": arn},
    )
    kms.put_key_policy(KeyId=key, Policy=rights)
    assert make()["KmsKeyId"] == key
    cloudtrail.start_logging(Name="sealed")
    garrison_module.client("iam").list_users()
    deadline = time.monotonic() + 60
    while not (files := files_of(s3, bucket)) and time.monotonic() < deadline:
        garrison_module.clock.shift(timedelta(minutes=1))
        time.sleep(0.2)
    assert files
    assert s3.head_object(Bucket=bucket, Key=files[0])["SSEKMSKeyId"] == key
    cloudtrail.delete_trail(Name="sealed")


def files_of(s3: Any, bucket: str) -> list[str]:
    """The keys of the log files in a bucket."""
    found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return [each["Key"] for each in found if each["Key"].endswith(".json.gz")]
