"""`kill -9` while rules judge: what was recorded is judged, and each change of compliance is told once."""

from __future__ import annotations

import json
import time
from collections import Counter
from contextlib import closing

from garrison.clock import SystemClock
from garrison.inventory import INVENTORY_FILE, History
from garrison.items import Item

from .server import BACKGROUND, RunningServer, wait_for

KIND = "AWS::S3::Bucket"
ROUNDS = 3


def bucket(account: str, number: int) -> Item:
    return Item(
        account=account,
        region="us-east-1",
        resource_type=KIND,
        resource_id=f"bucket-{number}",
        arn=f"arn:aws:s3:::bucket-{number}",
        configuration={},
        supplementary={"BucketVersioningConfiguration": {"status": "Enabled"}},
        captured_at=SystemClock().now(),
    )


def test_every_recorded_state_is_judged_and_every_change_told_once(server: RunningServer) -> None:
    config = server.client("config")
    account = server.client("sts").get_caller_identity()["Account"]
    role = f"arn:aws:iam::{account}:role/config"
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": role})
    source = {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED"}
    config.put_config_rule(ConfigRule={"ConfigRuleName": "versioning", "Source": source})
    for number in range(ROUNDS):
        with closing(History(server.home / INVENTORY_FILE)) as history:
            history.record([bucket(account, number)], at=SystemClock().now())
        time.sleep(0.25 * number)  # each kill comes at another point of judging, keeping and telling
        server.kill(BACKGROUND)
    config = server.client("config")

    def judged() -> int:
        found = config.get_compliance_details_by_config_rule(ConfigRuleName="versioning", Limit=100)
        return len(found["EvaluationResults"])

    wait_for(lambda: judged() == ROUNDS, "not all is judged")
    trail = server.client("cloudtrail")
    name = [{"AttributeKey": "EventName", "AttributeValue": "ConfigRulesComplianceChange"}]

    def told() -> Counter[str]:
        events = trail.lookup_events(LookupAttributes=name)["Events"]
        details = [json.loads(event["CloudTrailEvent"])["serviceEventDetails"] for event in events]
        return Counter(each["resourceId"] for each in details)

    wait_for(lambda: len(told()) == ROUNDS, f"not all is told: {told()}")
    assert told() == {f"bucket-{number}": 1 for number in range(ROUNDS)}
