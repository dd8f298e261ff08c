"""An account with rules, programs that they may name, and items that are recorded as a collection records them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from garrison.inventory import INVENTORY_FILE, History, Resource
from garrison.items import Item
from garrison.testing.plugin import _account
from tests.services.sns.receiving import Webhook, endpoints

PROGRAM = """#!/usr/bin/python3
import json, sys, time

event = json.load(sys.stdin)
invoking = json.loads(event["invokingEvent"])
parameters = json.loads(event["ruleParameters"])
item = invoking.get("configurationItem")
behaviour = parameters.get("behaviour", "judge")
if behaviour == "throw":
    raise ValueError("no such thing")
if behaviour == "hang":
    time.sleep(600)
if behaviour == "allocate":
    kept = []
    while True:
        kept.append(bytearray(10**9))
if behaviour == "nonsense":
    print("compliant, I think")
    sys.exit()
if behaviour == "token":
    print(json.dumps([{
        "ComplianceResourceType": "AWS::S3::Bucket",
        "ComplianceResourceId": "token-" + event["resultToken"],
        "ComplianceType": "COMPLIANT",
    }]))
    sys.exit()
if item is None:
    print(json.dumps({"Evaluations": [{
        "ComplianceResourceType": "AWS::::Account",
        "ComplianceResourceId": event["accountId"],
        "ComplianceType": "NON_COMPLIANT",
        "Annotation": invoking["messageType"],
        "OrderingTimestamp": invoking["notificationCreationTime"],
    }], "ResultToken": event["resultToken"]}))
else:
    good = item["configuration"].get("good")
    print(json.dumps([{
        "ComplianceResourceType": item["resourceType"],
        "ComplianceResourceId": item["resourceId"],
        "ComplianceType": "COMPLIANT" if good else "NON_COMPLIANT",
        "Annotation": f"good is {good}",
        "OrderingTimestamp": item["configurationItemCaptureTime"],
    }]))
"""


class Rules:
    """The account, its Config client, and what is recorded of its resources."""

    def __init__(self, account: Any, webhook: Webhook) -> None:
        self.account, self.webhook = account, webhook
        self.config = account.client("config")

    def have_recorder(self) -> None:
        """A recorder, without which there are no rules; it does not record, since the tests do."""
        have_recorder(self.account, self.account.region)

    def record(self, *items: Item) -> None:
        """Record items as a collection does."""
        with closing(History(self.account.home / INVENTORY_FILE, sync=False)) as history:
            history.record(items, at=self.account.clock.now())

    def remove(self, item: Item) -> None:
        """Record that a resource is gone."""
        with closing(History(self.account.home / INVENTORY_FILE, sync=False)) as history:
            history.remove(Resource.of(item), at=self.account.clock.now())

    def item(self, resource_type: str, resource_id: str, configuration: dict[str, Any], **more: Any) -> Item:
        """An item as it is now."""
        return Item(
            account=self.account.account_id,
            region=self.account.region,
            resource_type=resource_type,
            resource_id=resource_id,
            arn=f"arn:aws:s3:::{resource_id}",
            configuration=configuration,
            captured_at=self.account.clock.now(),
            **more,
        )

    def put(self, name: str, source: dict[str, Any], **more: Any) -> None:
        """Make a rule."""
        self.config.put_config_rule(ConfigRule={"ConfigRuleName": name, "Source": source, **more})

    def results(self, name: str, **more: Any) -> dict[str, tuple[str, str]]:
        """What a rule says: compliance and annotation by resource id."""
        found = self.config.get_compliance_details_by_config_rule(ConfigRuleName=name, Limit=100, **more)
        return {
            one["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]: (
                one["ComplianceType"],
                one.get("Annotation", ""),
            )
            for one in found["EvaluationResults"]
        }

    def status(self, name: str) -> dict[str, Any]:
        """How a rule's evaluation goes."""
        found = self.config.describe_config_rule_evaluation_status(ConfigRuleNames=[name])
        status: dict[str, Any] = found["ConfigRulesEvaluationStatus"][0]
        return status

    def evaluated(self, name: str) -> None:
        """Wait until a rule has judged all there is at least once."""
        wait(lambda: self.status(name)["FirstEvaluationStarted"])


def have_recorder(account: Any, region: str) -> None:
    """Put a recorder in a region."""
    name = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    iam = account.client("iam")
    with suppress(iam.exceptions.InvalidInputException):  # it is there
        iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")
    recorder = {"name": "default", "roleARN": f"arn:aws:iam::{account.account_id}:role/{name}"}
    account.client("config", region_name=region).put_configuration_recorder(ConfigurationRecorder=recorder)


def wait(condition: Callable[[], Any], seconds: float = 15.0) -> Any:
    """What a condition gives once it is true."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="package")
def rules(pytestconfig: pytest.Config) -> Iterator[Rules]:
    with tempfile.TemporaryDirectory() as folder, endpoints() as (webhook, _):
        Path(folder).chmod(0o755)  # pytest's own are closed to other users
        program = Path(folder) / "check"
        program.write_text(PROGRAM)
        program.chmod(0o755)
        check = {"command": [str(program)], "seconds": 2.0, "memory_bytes": 128 * 1024 * 1024}
        settings = {"custom_rules": {"check": check}, "outgoing_hosts": [webhook.place]}
        with _account(pytestconfig, **settings) as account:
            made = Rules(account, webhook)
            made.have_recorder()
            yield made
