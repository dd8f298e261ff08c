"""Rules about what delivers and carries: CodeDeploy, CodePipeline, AppSync, Athena, DMS, MSK, private CAs, Network Firewall."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.reading import Unseen, flag, listed, objects, text, texts, value
from garrison.rules.registry import Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, not_applicable

GROUP, PIPELINE = "AWS::CodeDeploy::DeploymentGroup", "AWS::CodePipeline::Pipeline"
GRAPHQL, WORK_GROUP = "AWS::AppSync::GraphQLApi", "AWS::Athena::WorkGroup"
ENDPOINT, KAFKA = "AWS::DMS::Endpoint", "AWS::MSK::Cluster"
AUTHORITY, DB_GROUP = "AWS::ACMPCA::CertificateAuthority", "AWS::RDS::DBSecurityGroup"
POLICY, LOGGING = "AWS::NetworkFirewall::FirewallPolicy", "AWS::NetworkFirewall::LoggingConfiguration"
ACTIONS = ("aws:pass", "aws:drop", "aws:forward_to_sfe")
LOG_TYPES = {"alert": {"ALERT"}, "flow": {"FLOW"}, "both": {"ALERT", "FLOW"}}


class Deployments(Parameters, frozen=True, rename="camel"):
    """How many deployments a stage after the first may make, where it matters."""

    deployment_limit: int | None = None


class WebAcls(Parameters, frozen=True):
    """The web ACLs, by ARN, of which one has to guard; any where none is given."""

    wafWebAclARNs: str = ""  # AWS's spelling


class FieldLevels(Parameters, frozen=True, rename="camel"):
    """The levels of which an API's fields are logged at one; any that logs where none is given."""

    field_logging_level: str = ""


class Exempted(Parameters, frozen=True):
    """The authorities, by ARN, that may be enabled."""

    exemptedCAArns: str = ""  # AWS's spelling


class LogKind(Parameters, frozen=True, rename="camel"):
    """What has to be logged: `alert`, `flow` or `both`; either where none is given."""

    log_type: str | None = None

    def __post_init__(self) -> None:
        """Refuse other kinds than AWS takes."""
        if self.log_type is not None and self.log_type.lower() not in LOG_TYPES:
            raise ValueError(f"logType has to be one of {', '.join(LOG_TYPES)}")


class FullPackets(Parameters, frozen=True, rename="camel"):
    """The actions, two at most, that may be taken of whole packets."""

    stateless_default_actions: str

    def __post_init__(self) -> None:
        """Refuse other actions than AWS takes."""
        _check_actions("statelessDefaultActions", self.stateless_default_actions)


class Fragments(Parameters, frozen=True, rename="camel"):
    """The actions, two at most, that may be taken of fragments."""

    stateless_fragment_default_actions: str

    def __post_init__(self) -> None:
        """Refuse other actions than AWS takes."""
        _check_actions("statelessFragmentDefaultActions", self.stateless_fragment_default_actions)


@rule(
    "CODEDEPLOY_LAMBDA_ALLATONCE_TRAFFIC_SHIFT_DISABLED", on=GROUP, severity=Severity.LOW,
    fix="Give the group a configuration that shifts traffic step by step (UpdateDeploymentGroup).",
)  # fmt: skip
def codedeploy_lambda_not_all_at_once(group: Item) -> Verdict:
    """A deployment group of Lambda functions does not shift all traffic at once.

    Source: AWS Config Developer Guide, "codedeploy-lambda-allatonce-traffic-shift-disabled".
    """
    platform = text(group, "computePlatform")
    if platform is None:
        raise Unseen("computePlatform: not in the configuration")
    if platform != "Lambda":
        return not_applicable("The group does not deploy Lambda functions")
    found = text(group, "deploymentConfigName")
    return expect(found != "CodeDeployDefault.LambdaAllAtOnce", "deploymentConfigName", found)


@rule(
    "CODEPIPELINE_DEPLOYMENT_COUNT_CHECK", on=PIPELINE, severity=Severity.LOW,
    fix="Spread the deployments over more stages (UpdatePipeline).",
)  # fmt: skip
def codepipeline_deployment_count(pipeline: Item, parameters: Deployments) -> Verdict:
    """A pipeline's first deploying stage makes one deployment, and the later ones no more than the limit where one is given.

    Source: AWS Config Developer Guide, "codepipeline-deployment-count-check".
    """
    stages = objects(pipeline, "pipeline", "stages")
    if not stages:
        raise Unseen("pipeline.stages: not in the configuration")
    counts = [
        sum(text(action, "actionTypeId", "category") == "Deploy" for action in objects(stage, "actions"))
        for stage in stages
    ]
    deploying = [count for count in counts if count]
    if deploying and deploying[0] > 1:
        return expect(False, "Deployments of the first stage", deploying[0])
    limit = parameters.deployment_limit
    if limit is not None and any(count > limit for count in deploying[1:]):
        return expect(False, "Deployments of a stage", max(deploying[1:]))
    return COMPLIANT


@rule(
    "APPSYNC_ASSOCIATED_WITH_WAF", on=GRAPHQL, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Put a web ACL before the API (AssociateWebACL of AWS WAF).",
)  # fmt: skip
def appsync_associated_with_waf(api: Item, parameters: WebAcls) -> Verdict:
    """A GraphQL API has a web ACL before it, one of the given where any is.

    Source: AWS Config Developer Guide, "appsync-associated-with-waf".
    """
    found, wanted = text(api, "WafWebAclArn"), listed(parameters.wafWebAclARNs)
    return expect(bool(found) and (not wanted or found in wanted), "WafWebAclArn", found)


@rule(
    "APPSYNC_LOGGING_ENABLED", on=GRAPHQL, severity=Severity.MEDIUM,
    fix="Have the API's fields logged (UpdateGraphqlApi with logConfig).",
)  # fmt: skip
def appsync_logging_enabled(api: Item, parameters: FieldLevels) -> Verdict:
    """A GraphQL API logs its fields, at one of the given levels where any is.

    Source: AWS Config Developer Guide, "appsync-logging-enabled".
    """
    found, wanted = text(api, "LogConfig", "FieldLogLevel"), listed(parameters.field_logging_level)
    is_on = found not in (None, "", "NONE")
    return expect(is_on and (not wanted or found in wanted), "LogConfig.FieldLogLevel", found)


@rule(
    "ATHENA_WORKGROUP_ENCRYPTED_AT_REST", on=WORK_GROUP, severity=Severity.MEDIUM,
    fix="Have the workgroup encrypt query results (UpdateWorkGroup).",
)  # fmt: skip
def athena_workgroup_encrypted(group: Item) -> Verdict:
    """A workgroup has query results encrypted.

    Source: AWS Config Developer Guide, "athena-workgroup-encrypted-at-rest".
    """
    path = ("WorkGroupConfiguration", "ResultConfiguration", "EncryptionConfiguration", "EncryptionOption")
    found = text(group, *path)
    return expect(bool(found), ".".join(path), found)


@rule(
    "DMS_ENDPOINT_SSL_CONFIGURED", on=ENDPOINT, severity=Severity.MEDIUM,
    fix="Have the endpoint connect by TLS (ModifyEndpoint with SslMode).",
)  # fmt: skip
def dms_endpoint_ssl(endpoint: Item) -> Verdict:
    """A migration endpoint connects by TLS.

    Source: AWS Config Developer Guide, "dms-endpoint-ssl-configured".
    """
    found = text(endpoint, "SslMode")
    return expect(found not in (None, "", "none"), "SslMode", found)


@rule(
    "DMS_REDIS_TLS_ENABLED", on=ENDPOINT, severity=Severity.MEDIUM,
    fix="Have the endpoint connect by TLS (ModifyEndpoint with RedisSettings).",
)  # fmt: skip
def dms_redis_tls(endpoint: Item) -> Verdict:
    """A migration endpoint that is a Redis store connects by TLS.

    Source: AWS Config Developer Guide, "dms-redis-tls-enabled".
    """
    engine = text(endpoint, "EngineName")
    if engine is None:
        raise Unseen("EngineName: not in the configuration")
    if engine.lower() != "redis":
        return not_applicable(f"The endpoint is of {engine}")
    found = text(endpoint, "RedisSettings", "SslSecurityProtocol")
    return expect(found == "ssl-encryption", "RedisSettings.SslSecurityProtocol", found)


@rule(
    "MSK_IN_CLUSTER_NODE_REQUIRE_TLS", on=KAFKA, severity=Severity.MEDIUM,
    fix="Make a cluster with encryption among its brokers; it cannot be turned on later.",
)  # fmt: skip
def msk_in_cluster_tls(cluster: Item) -> Verdict:
    """The brokers of a cluster talk to each other by TLS.

    Source: AWS Config Developer Guide, "msk-in-cluster-node-require-tls".
    """
    path = ("EncryptionInfo", "EncryptionInTransit", "InCluster")
    if value(cluster, *path[:2]) is None:
        raise Unseen(f"{'.'.join(path[:2])}: not in the configuration")
    found = flag(cluster, *path)
    return expect(found is True, ".".join(path), found)


@rule(
    "ACM_PCA_ROOT_CA_DISABLED", on=AUTHORITY, trigger=Trigger.PERIODIC, severity=Severity.LOW,
    fix="Disable the root authority while it signs no other (UpdateCertificateAuthority).",
)  # fmt: skip
def acm_pca_root_disabled(authority: Item, parameters: Exempted) -> Verdict:
    """A root authority is disabled, unless it is exempted.

    Source: AWS Config Developer Guide, "acm-pca-root-ca-disabled".
    """
    kind, found = text(authority, "Type"), text(authority, "Status")
    if kind is None or found is None:
        raise Unseen("Type or Status: not in the configuration")
    if kind != "ROOT":
        return not_applicable("Not a root authority")
    return expect(found == "DISABLED" or authority.arn in listed(parameters.exemptedCAArns), "Status", found)


@rule(
    "RDS_DB_SECURITY_GROUP_NOT_ALLOWED", on=DB_GROUP, severity=Severity.LOW,
    fix="Use VPC security groups and delete the DB security group (DeleteDBSecurityGroup).",
)  # fmt: skip
def rds_db_security_group(group: Item) -> Verdict:
    """There is no DB security group but the default one.

    Source: AWS Config Developer Guide, "rds-db-security-group-not-allowed".
    """
    found = text(group, "dBSecurityGroupName") or group.resource_name or group.resource_id
    return expect(found == "default", "dBSecurityGroupName", found)


@rule(
    "NETFW_LOGGING_ENABLED", on=LOGGING, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Have the firewall log (UpdateLoggingConfiguration).",
)  # fmt: skip
def netfw_logging_enabled(logging: Item, parameters: LogKind) -> Verdict:
    """A firewall logs: what is demanded, or anything where nothing is.

    Source: AWS Config Developer Guide, "netfw-logging-enabled".
    """
    path = ("LoggingConfiguration", "LogDestinationConfigs")
    found = {text(one, "LogType") for one in objects(logging, *path)} - {None}
    wanted = LOG_TYPES[parameters.log_type.lower()] if parameters.log_type else set()
    return expect(bool(found) and wanted <= found, ".".join(path), sorted(map(str, found)))


@rule(
    "NETFW_POLICY_DEFAULT_ACTION_FULL_PACKETS", on=POLICY, severity=Severity.MEDIUM,
    fix="Give the policy another default action for whole packets (UpdateFirewallPolicy).",
)  # fmt: skip
def netfw_default_action_full_packets(policy: Item, parameters: FullPackets) -> Verdict:
    """A policy takes, of whole packets that no stateless rule matches, only actions that are given.

    Source: AWS Config Developer Guide, "netfw-policy-default-action-full-packets".
    """
    return _default_action(policy, "statelessDefaultActions", parameters.stateless_default_actions)


@rule(
    "NETFW_POLICY_DEFAULT_ACTION_FRAGMENT_PACKETS", on=POLICY, severity=Severity.MEDIUM,
    fix="Give the policy another default action for fragments (UpdateFirewallPolicy).",
)  # fmt: skip
def netfw_default_action_fragments(policy: Item, parameters: Fragments) -> Verdict:
    """A policy takes, of fragments that no stateless rule matches, only actions that are given.

    Source: AWS Config Developer Guide, "netfw-policy-default-action-fragment-packets".
    """
    return _default_action(policy, "statelessFragmentDefaultActions", parameters.stateless_fragment_default_actions)


def _default_action(policy: Item, name: str, wanted: str) -> Verdict:
    """Of a policy's own actions, which only count packets, nothing is demanded."""
    found = [one for one in texts(policy, "firewallPolicy", name) if one.startswith("aws:")]
    if not found:
        raise Unseen(f"firewallPolicy.{name}: not in the configuration")
    return expect(set(found) <= set(listed(wanted)), f"firewallPolicy.{name}", found)


def _check_actions(name: str, given: str) -> None:
    actions = listed(given)
    if not 1 <= len(actions) <= 2 or not set(actions) <= set(ACTIONS):
        raise ValueError(f"{name} has to be one or two of {', '.join(ACTIONS)}")
