"""Rules about what watches and guards: CloudWatch alarms, log groups, KMS keys."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.reading import Unseen, flag, listed, number, part, text, texts
from garrison.rules.registry import Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, not_applicable

ALARM, LOG_GROUP, KEY = "AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup", "AWS::KMS::Key"


class Actions(Parameters, frozen=True, rename="camel"):
    """For which changes of state an alarm has to act, and by which of these actions where any is given."""

    alarm_action_required: bool = True
    insufficient_data_action_required: bool = True
    ok_action_required: bool = False
    action1: str | None = None
    action2: str | None = None
    action3: str | None = None
    action4: str | None = None
    action5: str | None = None


class AlarmSettings(Parameters, frozen=True, rename="camel"):
    """What an alarm on the metric has to be set to, where it matters."""

    metric_name: str
    threshold: float | None = None
    evaluation_periods: int | None = None
    period: int = 300
    comparison_operator: str | None = None
    statistic: str | None = None


class LogRetention(Parameters, frozen=True, rename="pascal"):
    """For how many days log events have to be kept at least, and in which groups where it matters."""

    log_group_names: str = ""
    min_retention_time: int = 365


@rule(
    "CLOUDWATCH_ALARM_ACTION_CHECK", on=ALARM, severity=Severity.LOW,
    fix="Give the alarm actions for the states that need them (PutMetricAlarm).",
)  # fmt: skip
def alarm_action(alarm: Item, parameters: Actions) -> Verdict:
    """An alarm acts on each change of state that the parameters name, by one of the given actions where there are any.

    Source: AWS Config Developer Guide, "cloudwatch-alarm-action-check".
    """
    five = (parameters.action1, parameters.action2, parameters.action3, parameters.action4, parameters.action5)
    wanted = {one for one in five if one}
    for place, is_required in (
        ("alarmActions", parameters.alarm_action_required),
        ("insufficientDataActions", parameters.insufficient_data_action_required),
        ("okactions", parameters.ok_action_required),
    ):
        found = texts(alarm, place)
        if is_required and (not found or (wanted and not wanted & set(found))):
            return expect(False, place, found)
    return COMPLIANT


@rule(
    "CLOUDWATCH_ALARM_SETTINGS_CHECK", on=ALARM, severity=Severity.LOW,
    fix="Set the alarm as demanded (PutMetricAlarm).",
)  # fmt: skip
def alarm_settings(alarm: Item, parameters: AlarmSettings) -> Verdict:
    """An alarm on the given metric has the given settings.

    Source: AWS Config Developer Guide, "cloudwatch-alarm-settings-check".
    """
    metric = text(alarm, "metricName")
    if metric != parameters.metric_name:
        return not_applicable(f"The alarm is on {metric or 'no metric of its own'}")
    for place, wanted in (
        ("threshold", parameters.threshold),
        ("evaluationPeriods", parameters.evaluation_periods),
        ("period", parameters.period),
    ):
        if wanted is not None and number(alarm, place) != wanted:
            return expect(False, place, number(alarm, place))
    for place, word in (("comparisonOperator", parameters.comparison_operator), ("statistic", parameters.statistic)):
        if word is not None and text(alarm, place) != word:
            return expect(False, place, text(alarm, place))
    return COMPLIANT


@rule(
    "CW_LOGGROUP_RETENTION_PERIOD_CHECK", on=LOG_GROUP, trigger=Trigger.PERIODIC, severity=Severity.LOW,
    fix="Set the log group's retention (PutRetentionPolicy).",
)  # fmt: skip
def log_group_retention(group: Item, parameters: LogRetention) -> Verdict:
    """A log group has a retention period that is not shorter than the given number of days.

    Source: AWS Config Developer Guide, "cw-loggroup-retention-period-check".
    """
    name = text(group, "logGroupName") or group.resource_name or group.resource_id
    names = listed(parameters.log_group_names)
    if names and name not in names:
        return not_applicable(f"{name} is not among the log groups in question")
    days = number(group, "retentionInDays")
    return expect(days is not None and days >= parameters.min_retention_time, "retentionInDays", days)


@rule(
    "CMK_BACKING_KEY_ROTATION_ENABLED", on=KEY, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    parts=("KeyRotationStatus",),
    fix="Turn on the key's rotation (EnableKeyRotation).",
)  # fmt: skip
def key_rotation_enabled(key: Item) -> Verdict:
    """A symmetric key that the customer made, with material of KMS's own, is rotated.

    Source: AWS Config Developer Guide, "cmk-backing-key-rotation-enabled".
    """
    for place, wanted in (
        ("keyManager", "CUSTOMER"),
        ("origin", "AWS_KMS"),
        ("keySpec", "SYMMETRIC_DEFAULT"),
    ):
        found = text(key, place)
        if found is None and place == "keySpec":
            found = text(key, "customerMasterKeySpec")
        if found is None:
            raise Unseen(f"{place}: not in the configuration")
        if found != wanted:
            return not_applicable(f"{place} is {found}")
    if text(key, "keyState") in ("PendingDeletion", "PendingReplicaDeletion"):
        return not_applicable("The key is about to be deleted")
    status = key.supplementary.get("KeyRotationStatus")
    is_plain = isinstance(status, bool) or status in ("true", "false")
    is_on = flag({"keyRotationEnabled": status} if is_plain else part(key, "KeyRotationStatus"), "keyRotationEnabled")
    return expect(is_on is True, "KeyRotationStatus", is_on)
