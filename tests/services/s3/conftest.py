"""Buckets on a running server, and S3's refusals as a client sees them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account, Principal
from garrison.testing.principals import credentials_in

_numbers = itertools.count(1)


@pytest.fixture
def refused() -> Callable[..., tuple[str, int]]:
    """Makes a call that must be refused and gives the error's code and the HTTP status."""

    def call(operation: Callable[..., Any], **parameters: Any) -> tuple[str, int]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        answer = caught.value.response
        return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]

    return call


@pytest.fixture
def s3(garrison_module: Account) -> Any:
    """S3 as the administrator of an account that the tests of a module share."""
    return garrison_module.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    """An empty bucket."""
    name = f"bucket-{next(_numbers)}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def versioned(s3: Any, bucket: str) -> str:
    """An empty bucket with versioning."""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


@pytest.fixture(scope="module")
def neighbour(garrison_module: Account) -> Principal:
    """An administrator of another account on the same server."""
    organizations = garrison_module.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    begun = organizations.create_account(Email="web@example.com", AccountName="web")["CreateAccountStatus"]
    member = organizations.describe_create_account_status(CreateAccountRequestId=begun["Id"])["CreateAccountStatus"]
    role = f"arn:aws:iam::{member['AccountId']}:role/OrganizationAccountAccessRole"
    answer = garrison_module.client("sts").assume_role(RoleArn=role, RoleSessionName="visit")
    return Principal(garrison_module, answer["AssumedRoleUser"]["Arn"], credentials_in(answer), "visit")
