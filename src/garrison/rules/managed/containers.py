"""Rules about containers: ECR's repositories, ECS's task definitions and clusters, EKS's clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.items import Item
from garrison.rules.reading import Unseen, flag, listed, objects, text, texts, value
from garrison.rules.registry import Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant, not_applicable

REPOSITORY, TASK, CLUSTER, EKS = (
    "AWS::ECR::Repository",
    "AWS::ECS::TaskDefinition",
    "AWS::ECS::Cluster",
    "AWS::EKS::Cluster",
)
ENCRYPT = "Have Kubernetes secrets encrypted by a KMS key (AssociateEncryptionConfig)."
LOGGED = ("api", "audit", "authenticator", "controllerManager", "scheduler")
"""The kinds of logs that a control plane has."""


class Keys(Parameters, frozen=True, rename="camel"):
    """The KMS keys, by ARN, that may encrypt; any where none is given."""

    kms_key_arns: str = ""


class OldestVersion(Parameters, frozen=True, rename="camel"):
    """The oldest Kubernetes version that EKS still supports: `1.29`."""

    oldest_version_supported: str


class Inactive(Parameters, frozen=True, rename="pascal"):
    """Whether task definitions that are not active are left alone."""

    skip_inactive_task_definitions: bool = True


PLAIN = "AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY,ECS_ENGINE_AUTH_DATA"


class SecretNames(Parameters, frozen=True, rename="camel"):
    """Names of variables that must not be plain."""

    secret_keys: str = PLAIN


@rule(
    "ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED", on=REPOSITORY, severity=Severity.LOW,
    parts=("LifecyclePolicy",),
    fix="Give the repository a lifecycle policy (PutLifecyclePolicy).",
)  # fmt: skip
def ecr_lifecycle_policy_configured(repository: Item) -> Verdict:
    """A repository has a lifecycle policy.

    Source: AWS Config Developer Guide, "ecr-private-lifecycle-policy-configured".
    """
    found = value(repository, "LifecyclePolicy")
    return expect(bool(found), "LifecyclePolicy", found)


@rule(
    "ECR_PRIVATE_IMAGE_SCANNING_ENABLED", on=REPOSITORY, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Scan images when they are pushed (PutImageScanningConfiguration).",
)  # fmt: skip
def ecr_image_scanning_enabled(repository: Item) -> Verdict:
    """A repository has images scanned when they are pushed.

    Source: AWS Config Developer Guide, "ecr-private-image-scanning-enabled".
    """
    found = flag(repository, "ImageScanningConfiguration", "ScanOnPush")
    return expect(found is True, "ImageScanningConfiguration.ScanOnPush", found)


@rule(
    "ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED", on=REPOSITORY, severity=Severity.LOW,
    fix="Make the repository's tags immutable (PutImageTagMutability).",
)  # fmt: skip
def ecr_tag_immutability_enabled(repository: Item) -> Verdict:
    """A repository's tags cannot be moved to another image.

    Source: AWS Config Developer Guide, "ecr-private-tag-immutability-enabled".
    """
    found = text(repository, "ImageTagMutability")
    return expect(found == "IMMUTABLE", "ImageTagMutability", found)


@rule(
    "ECS_TASK_DEFINITION_PID_MODE_CHECK", on=TASK, severity=Severity.HIGH,
    fix="Register a revision without pidMode=host.",
)  # fmt: skip
def ecs_pid_mode(task: Item) -> Verdict:
    """A task definition does not share the host's process namespace.

    Source: AWS Config Developer Guide, "ecs-task-definition-pid-mode-check".
    """
    _containers(task)
    found = text(task, "PidMode")
    return expect(found != "host", "PidMode", found)


@rule(
    "ECS_TASK_DEFINITION_LOG_CONFIGURATION", on=TASK, severity=Severity.HIGH,
    fix="Register a revision in which every container has a logConfiguration.",
)  # fmt: skip
def ecs_log_configuration(task: Item) -> Verdict:
    """Every container of an active task definition has a log configuration.

    Source: AWS Config Developer Guide, "ecs-task-definition-log-configuration".
    """
    if (text(task, "Status") or "ACTIVE") != "ACTIVE":
        return not_applicable("The task definition is not active")
    without = [text(one, "Name") for one in _containers(task) if not value(one, "LogConfiguration")]
    return expect(not without, "Containers without LogConfiguration", without)


@rule(
    "ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK", on=TASK, severity=Severity.HIGH,
    fix="Register a revision with another network mode, or with containers of a user other than root.",
)  # fmt: skip
def ecs_user_for_host_mode(task: Item, parameters: Inactive) -> Verdict:
    """A task definition in the host's network says openly that a container is privileged, or runs none as root.

    Source: AWS Config Developer Guide, "ecs-task-definition-user-for-host-mode-check".
    """
    if parameters.skip_inactive_task_definitions and (text(task, "Status") or "ACTIVE") != "ACTIVE":
        return not_applicable("The task definition is not active")
    containers = _containers(task)
    if text(task, "NetworkMode") != "host":
        return COMPLIANT
    for one in containers:
        if not flag(one, "Privileged") and text(one, "User") in (None, "", "root"):
            return non_compliant(f"The container {text(one, 'Name')} runs as root in the host's network")
    return COMPLIANT


@rule(
    "ECS_CONTAINERS_NONPRIVILEGED", on=TASK, severity=Severity.HIGH,
    fix="Register a revision without privileged=true.",
)  # fmt: skip
def ecs_containers_nonprivileged(task: Item) -> Verdict:
    """No container of a task definition is privileged.

    Source: AWS Config Developer Guide, "ecs-containers-nonprivileged".
    """
    found = [text(one, "Name") for one in _containers(task) if flag(one, "Privileged")]
    return expect(not found, "Containers with Privileged", found)


@rule(
    "ECS_CONTAINERS_READONLY_ACCESS", on=TASK, severity=Severity.MEDIUM,
    fix="Register a revision with readonlyRootFilesystem=true.",
)  # fmt: skip
def ecs_containers_readonly(task: Item) -> Verdict:
    """Every container of a task definition can only read its root file system.

    Source: AWS Config Developer Guide, "ecs-containers-readonly-access".
    """
    found = [text(one, "Name") for one in _containers(task) if not flag(one, "ReadonlyRootFilesystem")]
    return expect(not found, "Containers without ReadonlyRootFilesystem", found)


@rule(
    "ECS_NO_ENVIRONMENT_SECRETS", on=TASK, severity=Severity.HIGH,
    fix="Put the secrets into Secrets Manager or Parameter Store and name them in `secrets`.",
)  # fmt: skip
def ecs_no_environment_secrets(task: Item, parameters: SecretNames) -> Verdict:
    """No container of a task definition has a plain variable of a name that is a secret's.

    Source: AWS Config Developer Guide, "ecs-no-environment-secrets".
    """
    secret = listed(parameters.secret_keys)
    names = [text(variable, "Name") for one in _containers(task) for variable in objects(one, "Environment")]
    found = [name for name in names if name in secret]
    return expect(not found, "ContainerDefinitions.Environment", found)


@rule(
    "ECS_CONTAINER_INSIGHTS_ENABLED", on=CLUSTER, severity=Severity.LOW,
    fix="Turn Container Insights on (UpdateClusterSettings).",
)  # fmt: skip
def ecs_container_insights(cluster: Item) -> Verdict:
    """A cluster has Container Insights on.

    Source: AWS Config Developer Guide, "ecs-container-insights-enabled".
    """
    settings = {text(one, "Name"): text(one, "Value") for one in objects(cluster, "ClusterSettings")}
    found = settings.get("containerInsights")
    return expect(found in ("enabled", "enhanced"), "ClusterSettings.containerInsights", found)


@rule(
    "EKS_ENDPOINT_NO_PUBLIC_ACCESS", on=EKS, trigger=Trigger.PERIODIC, severity=Severity.HIGH,
    fix="Turn off public access to the cluster's endpoint (UpdateClusterConfig).",
)  # fmt: skip
def eks_endpoint_no_public_access(cluster: Item) -> Verdict:
    """A cluster's endpoint cannot be reached from the internet.

    Source: AWS Config Developer Guide, "eks-endpoint-no-public-access".
    """
    found = flag(cluster, "ResourcesVpcConfig", "EndpointPublicAccess")
    return expect(found is False, "ResourcesVpcConfig.EndpointPublicAccess", found)


@rule(
    "EKS_SECRETS_ENCRYPTED", on=EKS, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix=ENCRYPT,
)  # fmt: skip
def eks_secrets_encrypted(cluster: Item, parameters: Keys) -> Verdict:
    """A cluster has Kubernetes secrets encrypted by a KMS key, one of the given where any is.

    Source: AWS Config Developer Guide, "eks-secrets-encrypted".
    """
    return _secrets_encrypted(cluster, parameters)


@rule(
    "EKS_CLUSTER_SECRETS_ENCRYPTED", on=EKS, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix=ENCRYPT,
)  # fmt: skip
def eks_cluster_secrets_encrypted(cluster: Item, parameters: Keys) -> Verdict:
    """A cluster has Kubernetes secrets encrypted by a KMS key, one of the given where any is.

    Source: AWS Config Developer Guide, "eks-cluster-secrets-encrypted".
    """
    return _secrets_encrypted(cluster, parameters)


@rule(
    "EKS_CLUSTER_LOGGING_ENABLED", on=EKS, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Have the cluster send all kinds of its logs (UpdateClusterConfig).",
)  # fmt: skip
def eks_logs_everything(cluster: Item) -> Verdict:
    """A cluster's control plane sends all kinds of its logs.

    Source: AWS Config Developer Guide, "eks-cluster-logging-enabled".
    """
    found = {text(one, "Type") for one in objects(cluster, "Logging", "ClusterLogging", "EnabledTypes")}
    missing = [kind for kind in LOGGED if kind not in found]
    return expect(not missing, "Logging.ClusterLogging.EnabledTypes without", missing)


@rule(
    "EKS_CLUSTER_OLDEST_SUPPORTED_VERSION", on=EKS, severity=Severity.MEDIUM,
    fix="Update the cluster to a newer version (UpdateClusterVersion).",
)  # fmt: skip
def eks_oldest_supported_version(cluster: Item, parameters: OldestVersion) -> Verdict:
    """A cluster does not run the oldest version that is still supported.

    Source: AWS Config Developer Guide, "eks-cluster-oldest-supported-version".
    """
    found = text(cluster, "Version")
    if found is None:
        raise Unseen("Version: not in the configuration")
    return expect(found != parameters.oldest_version_supported, "Version", found)


def _secrets_encrypted(cluster: Item, parameters: Keys) -> Verdict:
    keys = [
        text(one, "Provider", "KeyArn")
        for one in objects(cluster, "EncryptionConfig")
        if "secrets" in texts(one, "Resources")
    ]
    wanted = listed(parameters.kms_key_arns)
    return expect(bool(keys) and (not wanted or any(key in wanted for key in keys)), "EncryptionConfig", keys)


def _containers(task: Item) -> list[Mapping[str, Any]]:
    found = objects(task, "ContainerDefinitions")
    if not found:
        raise Unseen("ContainerDefinitions: not in the configuration")
    return found
