"""Rules about what guards and tells: Security Hub, alarms on resources, the keys of log groups, KMS keys, SSM documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrison.items import Item
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, listed, objects, part, text, texts, value
from garrison.rules.registry import ACCOUNT, Parameters, Trigger, rule
from garrison.rules.verdict import Severity, Verdict, expect, not_applicable

HUB, ALARM, LOG_GROUP = "AWS::SecurityHub::Hub", "AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup"
KEY, DOCUMENT = "AWS::KMS::Key", "AWS::SSM::Document"
DIMENSIONS = {
    "AWS::EC2::Volume": "VolumeId",
    "AWS::EC2::Instance": "InstanceId",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::S3::Bucket": "BucketName",
}
"""The dimension by which a metric names a resource of each type that an alarm can be demanded for."""


class AlarmOn(Parameters, frozen=True, rename="camel"):
    """The type of which each resource needs an alarm, and the metric."""

    resource_type: str
    metric_name: str

    def __post_init__(self) -> None:
        """Refuse other types than AWS takes."""
        if self.resource_type not in DIMENSIONS:
            raise ValueError(f"resourceType has to be one of {', '.join(DIMENSIONS)}")


class GroupKey(Parameters, frozen=True, rename="pascal"):
    """The KMS key, by ARN, that has to encrypt, where it matters."""

    kms_key_id: str | None = None


class KeyIds(Parameters, frozen=True, rename="camel"):
    """The keys, by id or ARN, that are looked at; all where none is given."""

    kms_key_ids: str = ""


@rule(
    "SECURITYHUB_ENABLED", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    also={HUB: ()},
    fix="Turn Security Hub on (EnableSecurityHub).",
)  # fmt: skip
def security_hub_enabled(account: Inventory) -> Verdict:
    """Security Hub is on in the account.

    Source: AWS Config Developer Guide, "securityhub-enabled".
    """
    return expect(bool(account.of_type(HUB)), "Security Hub", "off")


@rule(
    "CLOUDWATCH_ALARM_RESOURCE_CHECK", on=tuple(DIMENSIONS), trigger=Trigger.PERIODIC, severity=Severity.LOW,
    also={ALARM: ()},
    fix="Make an alarm on the metric of the resource (PutMetricAlarm).",
)  # fmt: skip
def alarm_on_resource(resource: Item, parameters: AlarmOn, inventory: Inventory) -> Verdict:
    """A resource of the given type has an alarm on the given metric.

    Source: AWS Config Developer Guide, "cloudwatch-alarm-resource-check".
    """
    if resource.resource_type != parameters.resource_type:
        return not_applicable(f"Only {parameters.resource_type} is meant")
    names = {resource.resource_id, resource.resource_name}
    for alarm in inventory.of_type(ALARM):
        for metric in _metrics(alarm):
            dimensions = {text(one, "name"): text(one, "value") for one in objects(metric, "dimensions")}
            found = dimensions.get(DIMENSIONS[resource.resource_type])
            if text(metric, "metricName") == parameters.metric_name and found in names and found is not None:
                return expect(True, "", None)
    return expect(False, f"The alarm on {parameters.metric_name}", None)


@rule(
    "CLOUDWATCH_LOG_GROUP_ENCRYPTED", on=LOG_GROUP, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Encrypt the log group by a KMS key (AssociateKmsKey).",
)  # fmt: skip
def log_group_encrypted(group: Item, parameters: GroupKey) -> Verdict:
    """A log group is encrypted by a KMS key, by the given one where one is.

    Source: AWS Config Developer Guide, "cloudwatch-log-group-encrypted".
    """
    found = text(group, "kmsKeyId")
    return expect(bool(found) and parameters.kms_key_id in (None, found), "kmsKeyId", found)


@rule(
    "KMS_CMK_NOT_SCHEDULED_FOR_DELETION", on=KEY, trigger=Trigger.PERIODIC, severity=Severity.CRITICAL,
    fix="Cancel the deletion (CancelKeyDeletion), unless it is meant.",
)  # fmt: skip
def key_not_scheduled_for_deletion(key: Item, parameters: KeyIds) -> Verdict:
    """A customer's key is not about to be deleted.

    Source: AWS Config Developer Guide, "kms-cmk-not-scheduled-for-deletion".
    """
    wanted = listed(parameters.kms_key_ids)
    if wanted and key.resource_id not in wanted and key.arn not in wanted:
        return not_applicable("The parameters mean other keys")
    if text(key, "keyManager") == "AWS":
        return not_applicable("A key of AWS's")
    state = text(key, "keyState")
    if state is None:
        raise Unseen("keyState: not in the configuration")
    return expect(state not in ("PendingDeletion", "PendingReplicaDeletion"), "keyState", state)


@rule(
    "SSM_DOCUMENT_NOT_PUBLIC", on=DOCUMENT, trigger=Trigger.PERIODIC, severity=Severity.CRITICAL,
    parts=("DocumentPermission",),
    fix="Take `all` out of those that the document is given to (ModifyDocumentPermission).",
)  # fmt: skip
def document_not_public(document: Item) -> Verdict:
    """A document of the account's is not given to everybody.

    Source: AWS Config Developer Guide, "ssm-document-not-public".
    """
    permission = part(document, "DocumentPermission")
    if not permission and "DocumentPermission" not in document.supplementary:
        raise Unseen("DocumentPermission: not collected")
    found = [one for one in texts(permission, "accountIds") if one.lower() == "all"]
    return expect(not found, "DocumentPermission.accountIds", found)


def _metrics(alarm: Item) -> Iterator[Mapping[str, Any]]:
    """The metric of an alarm, or those that its expression is made of; each with its dimensions."""
    yield {"metricName": value(alarm, "metricName"), "dimensions": value(alarm, "dimensions")}
    for one in objects(alarm, "metrics"):
        metric = value(one, "metricStat", "metric")
        if isinstance(metric, Mapping):
            yield metric
