"""Rules about what runs by itself: Lambda's functions, Step Functions' state machines, Auto Scaling's groups, CloudFormation's stacks."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.policies import parsed, public_access
from garrison.rules.reading import Unseen, flag, listed, number, objects, part, policy_text, text, texts
from garrison.rules.registry import Parameters, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant, not_applicable

FUNCTION, MACHINE, STACK = "AWS::Lambda::Function", "AWS::StepFunctions::StateMachine", "AWS::CloudFormation::Stack"
GROUP, LAUNCH = "AWS::AutoScaling::AutoScalingGroup", "AWS::AutoScaling::LaunchConfiguration"
LEVELS = ("OFF", "FATAL", "ERROR", "ALL")
"""Of a state machine's log, from least to most."""


class FunctionSettings(Parameters, frozen=True, rename="camel"):
    """The runtimes that a function may have, and its other settings where they are given."""

    runtime: str
    role: str | None = None
    timeout: int | None = None
    memory_size: int | None = None


class Subnets(Parameters, frozen=True, rename="camel"):
    """The subnets that a function may be in; any where none is given."""

    subnet_ids: str = ""


class DeadLetters(Parameters, frozen=True, rename="camel"):
    """The queues and topics, by ARN, that may take what failed; any where none is given."""

    dlq_arns: str = ""


class Concurrency(Parameters, frozen=True, rename="pascal"):
    """The bounds of a function's reserved concurrency, where they matter."""

    concurrency_limit_low: int | None = None
    concurrency_limit_high: int | None = None


class LogLevel(Parameters, frozen=True, rename="camel"):
    """The least that a state machine has to log, and the log groups, by ARN, that may take it."""

    log_level: str = "FATAL"
    cloud_watch_log_group_arns: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no level."""
        if self.log_level not in LEVELS[1:]:
            raise ValueError("logLevel has to be ALL, ERROR or FATAL")


class Topics(Parameters, frozen=True, rename="camel"):
    """The topics, by ARN, of which a stack has to tell at least one; any where none is given."""

    sns_topic1: str | None = None
    sns_topic2: str | None = None
    sns_topic3: str | None = None
    sns_topic4: str | None = None
    sns_topic5: str | None = None


@rule(
    "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", on=FUNCTION, severity=Severity.CRITICAL,
    parts=("Policy",),
    fix="Take the statement that lets everybody in out of the function's policy (RemovePermission).",
)  # fmt: skip
def function_public_access(function: Item) -> Verdict:
    """A function's policy does not let everybody in.

    Source: AWS Config Developer Guide, "lambda-function-public-access-prohibited".
    """
    if not function.configuration:
        raise Unseen("functionName: not in the configuration")
    policy = policy_text(function, "Policy")
    found = public_access(parsed(policy), ("lambda:*",)) if policy else None
    return COMPLIANT if found is None else non_compliant(f"The policy allows {found}")


@rule(
    "LAMBDA_FUNCTION_SETTINGS_CHECK", on=FUNCTION, severity=Severity.MEDIUM,
    fix="Move the function to a runtime that is allowed (UpdateFunctionConfiguration).",
)  # fmt: skip
def function_settings(function: Item, parameters: FunctionSettings) -> Verdict:
    """A function that is no image has one of the given runtimes, and the given role, timeout and memory where they are given.

    Source: AWS Config Developer Guide, "lambda-function-settings-check".
    """
    if text(function, "packageType") == "Image":
        return not_applicable("The function is an image")
    found = text(function, "runtime")
    if found not in listed(parameters.runtime):
        return expect(False, "runtime", found)
    role = text(function, "role")
    if parameters.role is not None and role != parameters.role and (role or "").rsplit("/", 1)[-1] != parameters.role:
        return expect(False, "role", role)
    for place, wanted in (("timeout", parameters.timeout), ("memorySize", parameters.memory_size)):
        if wanted not in (None, number(function, place)):
            return expect(False, place, number(function, place))
    return COMPLIANT


@rule(
    "LAMBDA_INSIDE_VPC", on=FUNCTION, severity=Severity.LOW,
    fix="Put the function into subnets of a VPC (UpdateFunctionConfiguration with VpcConfig).",
)  # fmt: skip
def function_inside_vpc(function: Item, parameters: Subnets) -> Verdict:
    """A function is in a VPC, in the given subnets where any is.

    Source: AWS Config Developer Guide, "lambda-inside-vpc".
    """
    found, wanted = texts(function, "vpcConfig", "subnetIds"), listed(parameters.subnet_ids)
    return expect(bool(found) and (not wanted or set(found) <= set(wanted)), "vpcConfig.subnetIds", found)


@rule(
    "LAMBDA_DLQ_CHECK", on=FUNCTION, severity=Severity.LOW,
    fix="Give the function a queue or topic for what failed (UpdateFunctionConfiguration with DeadLetterConfig).",
)  # fmt: skip
def function_dlq(function: Item, parameters: DeadLetters) -> Verdict:
    """A function keeps what failed in a queue or topic, one of the given where any is.

    Source: AWS Config Developer Guide, "lambda-dlq-check".
    """
    found, wanted = text(function, "deadLetterConfig", "targetArn"), listed(parameters.dlq_arns)
    return expect(bool(found) and (not wanted or found in wanted), "deadLetterConfig.targetArn", found)


@rule(
    "LAMBDA_CONCURRENCY_CHECK", on=FUNCTION, severity=Severity.LOW,
    parts=("Concurrency",),
    fix="Reserve concurrency for the function (PutFunctionConcurrency).",
)  # fmt: skip
def function_concurrency(function: Item, parameters: Concurrency) -> Verdict:
    """A function has reserved concurrency, within the given bounds where they are given.

    Source: AWS Config Developer Guide, "lambda-concurrency-check".
    """
    found = number(part(function, "Concurrency"), "reservedConcurrentExecutions")
    low, high = parameters.concurrency_limit_low, parameters.concurrency_limit_high
    is_within = found is not None and (low is None or found >= low) and (high is None or found <= high)
    return expect(is_within, "Concurrency.reservedConcurrentExecutions", found)


@rule(
    "STEP_FUNCTIONS_STATE_MACHINE_LOGGING_ENABLED", on=MACHINE, severity=Severity.MEDIUM,
    fix="Give the state machine a log (UpdateStateMachine with loggingConfiguration).",
)  # fmt: skip
def state_machine_logging(machine: Item, parameters: LogLevel) -> Verdict:
    """A state machine logs at least the given level, to one of the given log groups where any is.

    Source: AWS Config Developer Guide, "step-functions-state-machine-logging-enabled".
    """
    level = text(machine, "LoggingConfiguration", "Level") or "OFF"
    if level not in LEVELS or LEVELS.index(level) < LEVELS.index(parameters.log_level):
        return expect(False, "LoggingConfiguration.Level", level)
    groups = [
        text(one, "CloudWatchLogsLogGroup", "LogGroupArn")
        for one in objects(machine, "LoggingConfiguration", "Destinations")
    ]
    wanted = listed(parameters.cloud_watch_log_group_arns)
    return expect(not wanted or any(one in wanted for one in groups), "LoggingConfiguration.Destinations", groups)


@rule(
    "CLOUDFORMATION_STACK_NOTIFICATION_CHECK", on=STACK, severity=Severity.LOW,
    fix="Have the stack tell a topic of its events (UpdateStack with NotificationARNs).",
)  # fmt: skip
def stack_notification(stack: Item, parameters: Topics) -> Verdict:
    """A stack tells a topic of its events, one of the given where any is.

    Source: AWS Config Developer Guide, "cloudformation-stack-notification-check".
    """
    five = (
        parameters.sns_topic1,
        parameters.sns_topic2,
        parameters.sns_topic3,
        parameters.sns_topic4,
        parameters.sns_topic5,
    )
    found, wanted = texts(stack, "notificationARNs"), {one for one in five if one}
    return expect(bool(wanted & set(found) if wanted else found), "notificationARNs", found)


@rule(
    "AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2", on=LAUNCH, severity=Severity.HIGH,
    fix="Make a launch configuration, or better a launch template, with HttpTokens=required.",
)  # fmt: skip
def launch_requires_imdsv2(launch: Item) -> Verdict:
    """What a launch configuration launches gives metadata only for a session token.

    Source: AWS Config Developer Guide, "autoscaling-launchconfig-requires-imdsv2".
    """
    found = text(launch, "metadataOptions", "httpTokens")
    return expect(found == "required", "metadataOptions.httpTokens", found)


@rule(
    "AUTOSCALING_LAUNCH_CONFIG_PUBLIC_IP_DISABLED", on=LAUNCH, severity=Severity.HIGH,
    fix="Make a launch configuration without AssociatePublicIpAddress.",
)  # fmt: skip
def launch_public_ip_disabled(launch: Item) -> Verdict:
    """What a launch configuration launches gets no public address.

    Source: AWS Config Developer Guide, "autoscaling-launch-config-public-ip-disabled".
    """
    if "imageId" not in launch.configuration:
        raise Unseen("imageId: not in the configuration")
    found = flag(launch, "associatePublicIpAddress")
    return expect(not found, "associatePublicIpAddress", found)


@rule(
    "AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED", on=GROUP, severity=Severity.LOW,
    fix="Have the group go by the load balancer's health checks (UpdateAutoScalingGroup).",
)  # fmt: skip
def group_elb_health_check(group: Item) -> Verdict:
    """A group behind a load balancer goes by its health checks.

    Source: AWS Config Developer Guide, "autoscaling-group-elb-healthcheck-required".
    """
    if not texts(group, "loadBalancerNames") and not texts(group, "targetGroupARNs"):
        return not_applicable("The group is behind no load balancer")
    found = text(group, "healthCheckType")
    return expect("ELB" in (found or "").split(","), "healthCheckType", found)
