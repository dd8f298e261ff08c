"""A stack on the console: made by a change set that is looked at first, changed by hand, and found to have drifted."""

from __future__ import annotations

import json
from collections.abc import Callable

from garrison.testing import Account

from .person import Person

TOPIC = {"TopicName": "stacked", "DisplayName": {"Ref": "DisplayName"}}
TEMPLATE = {
    "Parameters": {"DisplayName": {"Type": "String", "Default": "Alarms"}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": TOPIC}},
    "Outputs": {"Arn": {"Value": {"Ref": "Topic"}, "Export": {"Name": "stacked-topic"}}},
}


def test_a_stack_is_made_changed_by_hand_and_seen_to_drift(console: Callable[..., Person], account: Account) -> None:
    person = console("/cloudformation")
    page = person.page
    page.get_by_text("No stack yet").wait_for()
    person.check_axe()
    page.get_by_role("button", name="Create stack").first.click()
    person.see("Create stack")
    page.get_by_label("Stack name").fill("console-made")
    file = {"name": "topic.json", "mimeType": "application/json", "buffer": json.dumps(TEMPLATE).encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("DisplayName").fill("<b>Loud</b>")
    page.get_by_role("button", name="Add tag").click()
    page.get_by_role("textbox", name="Key 1").fill("team")
    page.get_by_role("textbox", name="Value 1").fill("security")
    person.check_axe()
    page.get_by_role("button", name="Review changes").click()

    page.get_by_role("button", name="Execute").click(timeout=30_000)
    person.check_axe()
    page.get_by_role("dialog").get_by_role("button", name="Execute").click()
    person.see("console-made")
    page.get_by_text("CREATE_COMPLETE").first.wait_for(timeout=30_000)

    (stack,) = account.client("cloudformation").describe_stacks(StackName="console-made")["Stacks"]
    assert stack["Tags"] == [{"Key": "team", "Value": "security"}]
    sns = account.client("sns")
    arn = f"arn:aws:sns:{account.region}:{account.account_id}:stacked"
    assert sns.get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"] == "<b>Loud</b>"
    sns.set_topic_attributes(TopicArn=arn, AttributeName="DisplayName", AttributeValue="by hand")
    page.get_by_role("tab", name="Drift").click()
    page.get_by_role("button", name="Detect drift").first.click()
    page.get_by_role("cell", name="MODIFIED").wait_for(timeout=30_000)
    page.get_by_role("radio", name="Topic").check()
    page.get_by_text('"DisplayName": "by hand"').wait_for()
    person.check_axe()
    person.screenshot("cloudformation-drift")

    person.open("/cloudformation/exports")
    page.get_by_role("cell", name="stacked-topic").wait_for()
    person.check_axe()
