"""Drift: a stack whose resources somebody changes by hand, seen by CloudFormation and by Config's timeline."""

from __future__ import annotations

import time
from importlib.resources import files

from garrison.cli.demo.stacks import make_stack, settled
from garrison.cli.demo.stage import Stage, document

SHOP, BROKEN = "shop", "shop-search"
_SECONDS = 60.0
_POLL_SECONDS = 0.2
_BROKEN_TEMPLATE = """\
Description: A stack that cannot be made, and is rolled back
Resources:
  Index:
    Type: AWS::SNS::Topic
  Reader:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: read
      Roles: [there-is-no-such-role]
      PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]}
"""


def drift(stage: Stage) -> str:
    """Make the stacks, then change what they made."""
    template = (files("garrison.cli.demo") / "drift.yaml").read_text()
    bucket = make_stack(stage, SHOP, template, {"Stage": "live"})["Bucket"]
    stage.notes["shop_bucket"] = bucket
    stage.made.add("objects", f"in {bucket}", ("demo", "EmptyBucket", {"Bucket": bucket}))
    for number in range(6):
        body = b'{"order": %d, "total": %d}' % (number, stage.random.randrange(5, 500))
        stage.call("s3", "PutObject", Bucket=bucket, Key=f"2026/{number:04}.json", Body=body)
    _by_hand(stage, bucket)
    _change_set(stage, template)
    _rolled_back(stage)
    found = stage.call("cloudformation", "DetectStackDrift", StackName=SHOP)["StackDriftDetectionId"]
    return f"the stack {SHOP}, changed by hand: {_drifted(stage, found)} resources drifted; a change set; a rolled-back stack"


def _by_hand(stage: Stage, bucket: str) -> None:
    """Bob is in a hurry."""
    bob = stage.people["bob"]
    bob.call("s3", "PutBucketVersioning", Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    bob.call("s3", "DeletePublicAccessBlock", Bucket=bucket)
    open_to_all = {"Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    bob.call("s3", "PutBucketPolicy", Bucket=bucket, Policy=document(open_to_all))
    bob.call("logs", "PutRetentionPolicy", logGroupName="/shop/live", retentionInDays=1)
    everything = document({"Action": "s3:*", "Resource": "*"})
    bob.call("iam", "PutRolePolicy", RoleName="shop-worker", PolicyName="orders", PolicyDocument=everything)


def _change_set(stage: Stage, template: str) -> None:
    """What the team wants to do next, not yet done."""
    asked = {"StackName": SHOP, "ChangeSetName": "longer-logs", "ChangeSetType": "UPDATE"}
    changed = template.replace("RetentionInDays: 30", "RetentionInDays: 365")
    stage.call(
        "cloudformation",
        "CreateChangeSet",
        **asked,
        Description="Logs are kept for a year",
        TemplateBody=changed,
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )


def _rolled_back(stage: Stage) -> None:
    undo = ("demo", "DeleteStack", {"StackName": BROKEN})
    asked = {"StackName": BROKEN, "TemplateBody": _BROKEN_TEMPLATE, "Capabilities": ["CAPABILITY_IAM"]}
    stage.make("stack", BROKEN, ("cloudformation", "CreateStack"), asked, undo)
    settled(stage, BROKEN)


def _drifted(stage: Stage, detection: str) -> int:
    """How many resources are not as the template says, once that is known."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        told = stage.call("cloudformation", "DescribeStackDriftDetectionStatus", StackDriftDetectionId=detection)
        if told["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            return int(told.get("DriftedStackResourceCount", 0))
        time.sleep(_POLL_SECONDS)
    return 0
