"""DescribeRegions, and through it EC2's own way of refusing: AuthFailure and encoded authorization messages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account, deny


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


@pytest.fixture(scope="module")
def account(garrison_module: Account) -> Account:
    return garrison_module


def test_the_account_has_its_home_region(account: Account) -> None:
    regions = account.client("ec2").describe_regions()["Regions"]
    assert [(region["RegionName"], region["OptInStatus"]) for region in regions] == [
        (account.region, "opt-in-not-required")
    ]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ([{"Name": "region-name", "Values": ["us-*"]}], 1),
        ([{"Name": "region-name", "Values": ["eu-*", "??-east-1"]}], 1),
        ([{"Name": "region-name", "Values": ["[u]s-east-1"]}], 0),
        ([{"Name": "opt-in-status", "Values": ["opted-in"]}], 0),
        ([{"Name": "region-name", "Values": ["us-*"]}, {"Name": "endpoint", "Values": ["s3.*"]}], 0),
    ],
)
def test_filters_choose(account: Account, filters: list[dict[str, Any]], count: int) -> None:
    assert len(account.client("ec2").describe_regions(Filters=filters)["Regions"]) == count


def test_what_is_not_there_is_refused_as_ec2_does(account: Account) -> None:
    ec2 = account.client("ec2")
    with pytest.raises(ClientError, match=r"Invalid region name\(s\): \[eu-west-9\]") as error:
        ec2.describe_regions(RegionNames=["eu-west-9"])
    assert code_of(error) == "InvalidParameterValue"
    with pytest.raises(ClientError) as error:
        ec2.describe_regions(Filters=[{"Name": "colour", "Values": ["red"]}])
    assert code_of(error) == "InvalidParameterValue"
    with pytest.raises(ClientError) as error:
        ec2.describe_instances()
    assert code_of(error) == "InvalidAction"
    with pytest.raises(ClientError) as error:
        ec2.describe_regions(DryRun=True)
    assert code_of(error) == "DryRunOperation"


def test_an_unknown_key_and_a_wrong_secret_get_auth_failure(account: Account) -> None:
    known = account.administrator.credentials
    for key_id, secret in (("AKIAIOSFODNN7EXAMPLE", known.secret_access_key), (known.access_key_id, "wrong")):
        wrong = type(known)(key_id, secret)
        with pytest.raises(ClientError, match="AWS was not able to validate the provided access credentials") as error:
            account.make_client("ec2", wrong).describe_regions()
        assert code_of(error) == "AuthFailure"


def test_a_refusal_carries_a_message_that_sts_decodes(account: Account) -> None:
    mallory = account.user("mallory", [deny("ec2:*")])
    with pytest.raises(ClientError) as error:
        mallory.client("ec2").describe_regions()
    assert code_of(error) == "UnauthorizedOperation"
    text = error.value.response["Error"]["Message"]
    assert "is not authorized to perform: ec2:DescribeRegions" in text
    encoded = text.rpartition("Encoded authorization failure message: ")[2].strip()
    decoded = json.loads(account.client("sts").decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert decoded["allowed"] is False
    assert decoded["explicitDeny"] is True
    assert decoded["context"]["action"] == "ec2:DescribeRegions"
    assert decoded["context"]["principal"]["arn"] == mallory.arn
    (event,) = account.events("DescribeRegions", mallory)
    assert event["errorCode"] == "Client.UnauthorizedOperation"
