"""Change sets, drift, exports, policies and what else one does with stacks, by the API and the AWS CLI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ..refusals import refused
from .conftest import Stacks, eventually, resources, text_of, topic


def test_a_change_set_says_what_it_would_do_and_does_it(stacks: Stacks) -> None:
    api = stacks.api
    template = resources(Plain=topic(DisplayName="one"), Named=topic(TopicName="old"), Gone=topic())
    api.create_change_set(
        StackName="reviewed", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=text_of(template)
    )
    assert stacks.show("reviewed")["StackStatus"] == "REVIEW_IN_PROGRESS"
    shown = api.describe_change_set(StackName="reviewed", ChangeSetName="first")
    assert [one["ResourceChange"]["Action"] for one in shown["Changes"]] == ["Add"] * 3
    api.execute_change_set(StackName="reviewed", ChangeSetName="first")
    assert stacks.settled("reviewed")["StackStatus"] == "CREATE_COMPLETE"
    same = api.create_change_set(StackName="reviewed", ChangeSetName="same", TemplateBody=text_of(template))
    shown = api.describe_change_set(ChangeSetName=same["Id"])
    assert (shown["Status"], shown["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "didn't contain changes" in shown["StatusReason"]
    after = resources(Plain=topic(DisplayName="two"), Named=topic(TopicName="new"), Added=topic())
    made = api.create_change_set(StackName="reviewed", ChangeSetName="second", TemplateBody=text_of(after))
    shown = api.describe_change_set(ChangeSetName=made["Id"], IncludePropertyValues=True)
    changes = {one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"] for one in shown["Changes"]}
    assert {name: (one["Action"], one.get("Replacement")) for name, one in changes.items()} == {
        "Plain": ("Modify", "False"),
        "Named": ("Modify", "True"),
        "Added": ("Add", None),
        "Gone": ("Remove", None),
    }
    target = changes["Plain"]["Details"][0]["Target"]
    assert (target["BeforeValue"], target["AfterValue"], target["RequiresRecreation"]) == ("one", "two", "Never")
    assert api.list_change_sets(StackName="reviewed")["Summaries"][1]["ChangeSetName"] == "second"
    api.execute_change_set(ChangeSetName=made["Id"])
    assert stacks.settled("reviewed")["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.resources("reviewed").keys() == {"Plain", "Named", "Added"}
    assert not api.list_change_sets(StackName="reviewed")["Summaries"]
    stacks.delete("reviewed")


def test_drift_is_found_in_what_was_changed_behind_the_stacks_back(stacks: Stacks) -> None:
    api, sns = stacks.api, stacks.account.client("sns")
    stacks.create("drifting", resources(A=topic(DisplayName="a"), B=topic(), C=topic(DisplayName="c")))
    found = stacks.resources("drifting")
    sns.set_topic_attributes(TopicArn=found["A"][0], AttributeName="DisplayName", AttributeValue="other")
    sns.delete_topic(TopicArn=found["B"][0])
    detection = api.detect_stack_drift(StackName="drifting")["StackDriftDetectionId"]

    def ended() -> Any:
        status = api.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        return status if status["DetectionStatus"] != "DETECTION_IN_PROGRESS" else None

    status = eventually(ended)
    assert (status["StackDriftStatus"], status["DriftedStackResourceCount"]) == ("DRIFTED", 2)
    drifts = api.describe_stack_resource_drifts(StackName="drifting")["StackResourceDrifts"]
    assert {one["LogicalResourceId"]: one["StackResourceDriftStatus"] for one in drifts} == {
        "A": "MODIFIED",
        "B": "DELETED",
        "C": "IN_SYNC",
    }
    [difference] = drifts[0]["PropertyDifferences"]
    assert difference == {
        "PropertyPath": "/DisplayName",
        "ExpectedValue": "a",
        "ActualValue": "other",
        "DifferenceType": "NOT_EQUAL",
    }
    one = api.detect_stack_resource_drift(StackName="drifting", LogicalResourceId="C")["StackResourceDrift"]
    assert one["StackResourceDriftStatus"] == "IN_SYNC"
    assert stacks.show("drifting")["DriftInformation"]["StackDriftStatus"] == "DRIFTED"
    assert stacks.delete("drifting")["StackStatus"] == "DELETE_COMPLETE"


def test_exports_that_are_used_stay(stacks: Stacks) -> None:
    api = stacks.api
    exporting = resources(T=topic()) | {"Outputs": {"O": {"Value": {"Ref": "T"}, "Export": {"Name": "shared"}}}}
    importing = resources(S=topic(DisplayName={"Fn::Select": [5, {"Fn::Split": [":", {"Fn::ImportValue": "shared"}]}]}))
    missing = stacks.create("importer", importing)
    assert missing["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "No export named shared found" in " ".join(stacks.reasons("importer"))
    stacks.delete("importer")
    stacks.create("exporter", exporting)
    assert stacks.create("importer", importing)["StackStatus"] == "CREATE_COMPLETE"
    assert api.list_imports(ExportName="shared")["Imports"] == ["importer"]
    assert [one["Name"] for one in api.list_exports()["Exports"]] == ["shared"]
    code, message = refused(api.delete_stack, StackName="exporter")
    assert (code, "shared" in message and "importer" in message) == ("ValidationError", True)
    changed = stacks.update("exporter", resources(T=topic(DisplayName="x")))
    assert changed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.show("exporter")["Outputs"][0]["ExportName"] == "shared"
    stacks.delete("importer")
    stacks.delete("exporter")
    assert not api.list_exports()["Exports"]


def test_policies_and_protection(stacks: Stacks) -> None:
    api = stacks.api
    policy = {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "Update:Replace", "Principal": "*", "Resource": "LogicalResourceId/Kept"},
        ]
    }
    stacks.create(
        "guarded", resources(Kept=topic()), StackPolicyBody=json.dumps(policy), EnableTerminationProtection=True
    )
    replacing = text_of(resources(Kept=topic(TopicName="other")))
    code, message = refused(api.update_stack, StackName="guarded", TemplateBody=replacing)
    assert (code, "Action denied by stack policy" in message) == ("ValidationError", True)
    assert stacks.update("guarded", resources(Kept=topic(DisplayName="x")))["StackStatus"] == "UPDATE_COMPLETE"
    assert "TerminationProtection is enabled" in refused(api.delete_stack, StackName="guarded")[1]
    api.update_termination_protection(StackName="guarded", EnableTerminationProtection=False)
    assert json.loads(api.get_stack_policy(StackName="guarded")["StackPolicyBody"]) == policy
    stacks.delete("guarded")


def test_resources_are_made_with_the_rights_of_caller_or_role(stacks: Stacks) -> None:
    account = stacks.account
    may = {"Statement": [{"Effect": "Allow", "Action": ["cloudformation:*", "iam:PassRole"], "Resource": "*"}]}
    limited = account.user("limited", [may])
    own = Stacks(account, principal=limited)
    failed = own.create("refused", resources(T=topic()))
    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "is not authorized to perform: sns:" in own.reasons("refused")[0]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudformation.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    allow = {"Statement": [{"Effect": "Allow", "Action": "sns:*", "Resource": "*"}]}
    role = account.role("stack-role", [allow], trust=trust)
    other = account.role("not-trusting", [allow])
    text = text_of(resources(T=topic()))
    refusal = refused(own.api.create_stack, StackName="by-role", TemplateBody=text, RoleARN=other.arn)
    assert refusal == ("ValidationError", f"Role {other.arn} is invalid or cannot be assumed")
    assert own.create("by-role", resources(T=topic()), RoleARN=role.arn)["StackStatus"] == "CREATE_COMPLETE"
    assert own.delete("by-role")["StackStatus"] == "DELETE_COMPLETE"


def test_events_are_published_and_deleted_stacks_forgotten(stacks: Stacks) -> None:
    arn = stacks.account.client("sns").create_topic(Name="stack-events")["TopicArn"]
    since = stacks.account.position()
    made = stacks.create("told", resources(T=topic()), NotificationARNs=[arn])
    stacks.delete("told")

    def published() -> list[str]:
        found = stacks.account.events("Publish", since=since)
        return [one["userIdentity"]["invokedBy"] for one in found]

    eventually(lambda: len(published()) >= 8)
    assert set(published()) == {"cloudformation.amazonaws.com"}
    assert stacks.show(made["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    listed = stacks.api.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert made["StackId"] in [one["StackId"] for one in listed]


def test_published_templates_deploy_unchanged(stacks: Stacks, suites: Path) -> None:
    folder = suites / "cloudformation"
    accepter = "Solutions_VPCPeering_templates_VPCPeering-Accepter-Role.cfn.yaml"
    for name, parameters in (
        ("CloudFormation_fn-foreach-s3-outputs.yaml", {}),
        (accepter, {"PeerOwnerIds": stacks.account.account_id}),
    ):
        made = stacks.create(
            "published",
            (folder / name).read_text(),
            Parameters=parameters,
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        assert made["StackStatus"] == "CREATE_COMPLETE", stacks.reasons("published")
        stacks.delete("published")


def test_the_aws_cli_deploys(stacks: Stacks, tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(
        "Parameters: {Name: {Type: String}}\nResources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !Ref Name}\n"
    )
    aws = [str(Path(sys.executable).with_name("aws")), "cloudformation", "deploy", "--stack-name", "deployed"]
    for name, said in (("one", "Successfully created/updated"), ("one", "No changes to deploy")):
        done = subprocess.run(
            [*aws, "--template-file", str(path), "--parameter-overrides", f"Name={name}"],
            env=os.environ | stacks.account.administrator.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert said in done.stdout + done.stderr, done.stderr
    stacks.delete("deployed")
