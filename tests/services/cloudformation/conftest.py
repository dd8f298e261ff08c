"""Stacks as a client of CloudFormation has them, and templates to make them of."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

ENDED = ("_COMPLETE", "_FAILED")


class Stacks:
    """A client with what tests do over and over."""

    def __init__(self, account: Any, **client: Any) -> None:
        self.account = account
        self.api = account.client("cloudformation", **client)

    def create(self, name: str, template: dict[str, Any] | str, /, **more: Any) -> dict[str, Any]:
        """Create a stack and wait for its end; `Parameters` may be a plain mapping."""
        self.api.create_stack(StackName=name, TemplateBody=text_of(template), **_given(more))
        return self.settled(name)

    def update(self, name: str, template: dict[str, Any] | str, /, **more: Any) -> dict[str, Any]:
        """Update a stack and wait for its end."""
        self.api.update_stack(StackName=name, TemplateBody=text_of(template), **_given(more))
        return self.settled(name)

    def delete(self, name: str, **more: Any) -> dict[str, Any]:
        """Delete a stack and wait for its end."""
        stack = self.show(name)["StackId"]
        self.api.delete_stack(StackName=name, **more)
        return self.settled(stack)

    def show(self, name: str) -> dict[str, Any]:
        """A stack."""
        return self.api.describe_stacks(StackName=name)["Stacks"][0]

    def settled(self, name: str, seconds: float = 20.0) -> dict[str, Any]:
        """A stack with which nothing is being done any more."""
        try:
            return eventually(lambda: self._ended(name), seconds)
        except AssertionError:
            print(self.show(name)["StackStatus"], self.events(name))
            print((self.account.home / "garrison.log").read_text()[-1000:])
            raise

    def _ended(self, name: str) -> dict[str, Any] | None:
        stack = self.show(name)
        return stack if stack["StackStatus"].endswith(ENDED) else None

    def events(self, name: str) -> list[tuple[str, str]]:
        """What happened, the oldest first: logical ids and statuses."""
        pages = self.api.get_paginator("describe_stack_events").paginate(StackName=name)
        found = [event for page in pages for event in page["StackEvents"]]
        return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in reversed(found)]

    def reasons(self, name: str) -> list[str]:
        """The reasons of failures."""
        found = self.api.describe_stack_events(StackName=name)["StackEvents"]
        return [one["ResourceStatusReason"] for one in found if one["ResourceStatus"].endswith("_FAILED")]

    def resources(self, name: str) -> dict[str, tuple[str, str]]:
        """Physical ids and statuses by logical id."""
        found = self.api.describe_stack_resources(StackName=name)["StackResources"]
        return {one["LogicalResourceId"]: (one.get("PhysicalResourceId", ""), one["ResourceStatus"]) for one in found}

    def differences(self, name: str) -> dict[str, Any]:
        """What has drifted, by logical id."""
        detection = self.api.detect_stack_drift(StackName=name)["StackDriftDetectionId"]

        def ended() -> Any:
            status = self.api.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
            return status if status["DetectionStatus"] != "DETECTION_IN_PROGRESS" else None

        status = eventually(ended)
        assert status["DetectionStatus"] == "DETECTION_COMPLETE", status
        drifts = self.api.describe_stack_resource_drifts(StackName=name)["StackResourceDrifts"]
        found = {one["LogicalResourceId"]: one.get("PropertyDifferences", "gone") for one in drifts}
        return {key: value for key, value in found.items() if value}


def _given(more: dict[str, Any]) -> dict[str, Any]:
    parameters = more.pop("Parameters", None)
    if isinstance(parameters, dict):
        parameters = [
            {"ParameterKey": key, "UsePreviousValue": True}
            if value is None
            else {"ParameterKey": key, "ParameterValue": value}
            for key, value in parameters.items()
        ]
    return more | ({"Parameters": parameters} if parameters is not None else {})


def text_of(template: dict[str, Any] | str) -> str:
    """A template as text."""
    return template if isinstance(template, str) else json.dumps(template, separators=(",", ":"))


def eventually(look: Callable[[], Any], seconds: float = 20.0) -> Any:
    """What a look gives once it gives something."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > end:
            assert found, "it did not come"
            return found
        time.sleep(0.02)


def topic(**properties: Any) -> dict[str, Any]:
    """A topic."""
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


def resources(**named: Any) -> dict[str, Any]:
    """A template of these resources."""
    return {"Resources": named}


@pytest.fixture(scope="module")
def stacks(garrison_module: Any) -> Iterator[Stacks]:
    """Stacks of the account that the tests of a module share."""
    return Stacks(garrison_module)
