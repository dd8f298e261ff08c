"""Service-linked roles through a client: made for a service, changed by nobody, deleted by a task."""

from __future__ import annotations

from typing import Any

from tests.services.refusals import refused

READER = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}'


def test_a_service_linked_role_trusts_its_service_alone(api: Any) -> None:
    made = api.iam.create_service_linked_role(AWSServiceName="config.amazonaws.com", Description="why")["Role"]
    assert made["Arn"] == (
        "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    )
    assert made["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": ["config.amazonaws.com"]}
    assert made["Description"] == "why"
    assert api.asked.context == {"iam:AWSServiceName": "config.amazonaws.com"}
    code, message = refused(api.iam.create_service_linked_role, AWSServiceName="config.amazonaws.com")
    assert code == "InvalidInput"
    assert "AWSServiceRoleForConfig has been taken in this account" in message


def test_suffixes_are_for_services_that_take_several_roles(api: Any) -> None:
    create = api.iam.create_service_linked_role
    made = create(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="blue")["Role"]
    assert made["RoleName"] == "AWSServiceRoleForAutoScaling_blue"
    refusal = refused(create, AWSServiceName="config.amazonaws.com", CustomSuffix="blue")
    assert refusal == ("InvalidInput", "Custom suffix is not allowed for config.amazonaws.com")
    assert refused(create, AWSServiceName="nobody.amazonaws.com")[0] == "InvalidInput"


def test_nobody_else_changes_a_service_linked_role(api: Any) -> None:
    api.iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    named = {"RoleName": "AWSServiceRoleForECS"}
    for operation, parameters in (
        (api.iam.delete_role, {}),
        (api.iam.update_assume_role_policy, {"PolicyDocument": TRUST}),
        (api.iam.put_role_policy, {"PolicyName": "reader", "PolicyDocument": READER}),
        (api.iam.attach_role_policy, {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        (api.iam.update_role, {"MaxSessionDuration": 7200}),
    ):
        assert refused(operation, **named, **parameters)[0] == "UnmodifiableEntity"


def test_a_deletion_is_a_task_whose_end_can_be_asked(api: Any) -> None:
    api.iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    task = api.iam.delete_service_linked_role(RoleName="AWSServiceRoleForECS")["DeletionTaskId"]
    assert task.startswith("task/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS/")
    status = api.iam.get_service_linked_role_deletion_status
    assert status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    assert refused(status, DeletionTaskId=task[:-1] + ("0" if task[-1] != "0" else "1"))[0] == "NoSuchEntity"
    assert refused(status, DeletionTaskId="task/nonsense")[0] == "InvalidInput"
    assert refused(api.iam.get_role, RoleName="AWSServiceRoleForECS")[0] == "NoSuchEntity"
    api.iam.create_role(RoleName="plain", AssumeRolePolicyDocument=TRUST)
    assert refused(api.iam.delete_service_linked_role, RoleName="plain")[0] == "NoSuchEntity"
