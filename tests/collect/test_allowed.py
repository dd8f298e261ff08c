"""Only reading operations leave, whatever asks for them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import botocore.session
import pytest

from garrison.assess.permissions import action_of
from garrison.collect.allowed import is_allowed, reading_operations
from garrison.collect.catalog import services
from garrison.collect.declaration import Call
from garrison.collect.failures import NotAllowed
from garrison.collect.upstream import Meter, Upstream, metering

from .conftest import StandIn

READING = {"List", "Read"}
SECRET = {
    ("secretsmanager", "GetSecretValue"),
    ("ssm", "GetParameter"),
    ("ssm", "GetParameters"),
    ("ssm", "GetParametersByPath"),
    ("s3", "GetObject"),
    ("ec2", "GetPasswordData"),
    ("ec2", "GetConsoleOutput"),
    ("ecr", "GetAuthorizationToken"),
    ("sts", "GetSessionToken"),
    ("dynamodb", "Scan"),
    ("logs", "GetLogEvents"),
    ("kms", "Decrypt"),
}


@pytest.fixture(scope="module")
def levels(suites: Path) -> dict[str, str]:
    """Each action's access level, by its name in lower case."""
    packed = (suites / "iam" / "service-authorization.json.gz").read_bytes()
    read = json.loads(gzip.decompress(packed))["services"]
    return {
        f"{prefix}:{name}".lower(): action["level"]
        for prefix, service in read.items()
        for name, action in service["actions"].items()
    }


def test_every_operation_of_the_list_is_said_to_read_by_the_service_authorization_reference(
    levels: dict[str, str],
) -> None:
    for service, names in reading_operations().items():
        if service == "sts":
            continue
        for name in names:
            action = action_of(service, name)
            assert levels.get(action.lower()) in READING, action


def declared() -> set[tuple[str, str]]:
    found = set()

    def add(service: str, call: Call | None) -> None:
        if call is not None:
            found.add((call.service or service, call.operation))
            add(service, call.each)
            add(service, call.before)

    for service in services():
        for kind in service.types:
            add(service.name, kind.call)
            add(service.name, kind.located.call if kind.located else None)
            for part in kind.parts:
                add(service.name, part.call)
    return found


def test_every_declared_call_is_on_the_list_and_nothing_else_is() -> None:
    listed = {(service, name) for service, names in reading_operations().items() for name in names}
    inner = {
        ("sts", "GetCallerIdentity"),
        ("sts", "AssumeRole"),
        ("ec2", "DescribeRegions"),
        ("cloudwatch", "GetMetricData"),
    }
    assert declared() | inner == listed
    assert not listed & SECRET


def test_every_listed_operation_exists() -> None:
    session = botocore.session.Session()
    for service, names in reading_operations().items():
        assert names <= set(session.get_service_model(service).operation_names), service


def test_what_changes_something_is_refused_before_it_is_signed(stand_in: StandIn) -> None:
    upstream, meter = Upstream(stand_in.target), Meter()
    token = metering.set(meter)
    try:
        for service, operation, params in (
            ("s3", "DeleteBucket", {"Bucket": "b"}),
            ("iam", "CreateUser", {"UserName": "u"}),
            ("ec2", "TerminateInstances", {"InstanceIds": ["i-1"]}),
            ("secretsmanager", "GetSecretValue", {"SecretId": "s"}),
        ):
            assert not is_allowed(service, operation)
            with pytest.raises(NotAllowed):
                list(upstream.pages(service, operation, params, "us-east-1"))
    finally:
        metering.reset(token)
    assert meter.sent == 0
