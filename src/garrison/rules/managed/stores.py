"""Rules about what holds and carries data: EFS, Kinesis, SNS, OpenSearch, DMS, SageMaker, ACM."""

from __future__ import annotations

from datetime import timedelta

from garrison.items import Item
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, flag, listed, moment, text, texts
from garrison.rules.registry import Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, not_applicable

FILES, STREAM, TOPIC = "AWS::EFS::FileSystem", "AWS::Kinesis::Stream", "AWS::SNS::Topic"
DOMAIN, REPLICATION = "AWS::OpenSearch::Domain", "AWS::DMS::ReplicationInstance"
NOTEBOOK, CERTIFICATE = "AWS::SageMaker::NotebookInstance", "AWS::ACM::Certificate"
FEEDBACK = ("Application", "Firehose", "HTTP", "Lambda", "SQS")
LOG_KINDS = {"search": "SEARCH_SLOW_LOGS", "index": "INDEX_SLOW_LOGS", "error": "ES_APPLICATION_LOGS"}


class Key(Parameters, frozen=True, rename="camel"):
    """The KMS key, by ARN, that has to encrypt, where it matters."""

    kms_key_id: str | None = None


class KeyIds(Parameters, frozen=True, rename="camel"):
    """The KMS keys, by id or ARN, that may encrypt; any where none is given."""

    kms_key_ids: str = ""


class LogTypes(Parameters, frozen=True, rename="camel"):
    """The logs that are demanded (`search`, `index`, `error`); any one where none is given."""

    log_types: str = ""


class LogGroups(Parameters, frozen=True, rename="camel"):
    """The log groups, by ARN, that may take the log; any where none is given."""

    cloud_watch_logs_log_group_arn_list: str = ""


class Expiry(Parameters, frozen=True, rename="camel"):
    """How many days before its end a certificate counts as about to expire."""

    days_to_expiration: int = 14


class TlsPolicies(Parameters, frozen=True, rename="camel"):
    """The policies by which a domain may speak TLS; any where none is given."""

    tls_policies: str = ""


class NotebookKeys(Parameters, frozen=True, rename="camel"):
    """The KMS keys, by ARN, that may encrypt; any where none is given."""

    kms_key_arns: str = ""


@rule(
    "EFS_ENCRYPTED_CHECK", on=FILES, trigger=Trigger.PERIODIC, severity=Severity.HIGH,
    fix="Make an encrypted file system and move the files there.",
)  # fmt: skip
def efs_encrypted(files: Item, parameters: Key) -> Verdict:
    """A file system is encrypted by a KMS key, by the given one where one is.

    Source: AWS Config Developer Guide, "efs-encrypted-check".
    """
    if not flag(files, "Encrypted"):
        return expect(False, "Encrypted", flag(files, "Encrypted"))
    return expect(parameters.kms_key_id in (None, text(files, "KmsKeyId")), "KmsKeyId", text(files, "KmsKeyId"))


@rule(
    "KINESIS_STREAM_ENCRYPTED", on=STREAM, severity=Severity.MEDIUM,
    fix="Turn on server-side encryption (StartStreamEncryption).",
)  # fmt: skip
def kinesis_stream_encrypted(stream: Item) -> Verdict:
    """A data stream is encrypted at rest.

    Source: AWS Config Developer Guide, "kinesis-stream-encrypted".
    """
    found = text(stream, "StreamEncryption", "EncryptionType")
    return expect(found == "KMS", "StreamEncryption.EncryptionType", found)


@rule(
    "SNS_ENCRYPTED_KMS", on=TOPIC, severity=Severity.MEDIUM,
    fix="Encrypt the topic by a KMS key (SetTopicAttributes with KmsMasterKeyId).",
)  # fmt: skip
def sns_encrypted_kms(topic: Item, parameters: KeyIds) -> Verdict:
    """A topic is encrypted by a KMS key, by one of the given where any is.

    Source: AWS Config Developer Guide, "sns-encrypted-kms".
    """
    key, wanted = text(topic, "KmsMasterKeyId"), listed(parameters.kms_key_ids)
    is_wanted = not wanted or any(key == one or (key or "").endswith(f"/{one}") for one in wanted)
    return expect(bool(key) and is_wanted, "KmsMasterKeyId", key)


@rule(
    "SNS_TOPIC_MESSAGE_DELIVERY_NOTIFICATION_ENABLED", on=TOPIC, severity=Severity.LOW,
    fix="Have the topic log what became of its messages (SetTopicAttributes with a feedback role).",
)  # fmt: skip
def sns_delivery_logged(topic: Item) -> Verdict:
    """A topic logs what became of the messages to one kind of endpoint at least.

    Source: AWS Config Developer Guide, "sns-topic-message-delivery-notification-enabled".
    """
    names = [f"{kind}{end}FeedbackRoleArn" for kind in FEEDBACK for end in ("Success", "Failure")]
    return expect(any(text(topic, name) for name in names), "FeedbackRoleArn of any endpoint", None)


@rule(
    "OPENSEARCH_ENCRYPTED_AT_REST", on=DOMAIN, severity=Severity.MEDIUM,
    fix="Turn on encryption at rest (UpdateDomainConfig).",
)  # fmt: skip
def opensearch_encrypted(domain: Item) -> Verdict:
    """A domain is encrypted at rest.

    Source: AWS Config Developer Guide, "opensearch-encrypted-at-rest".
    """
    return _is_on(domain, "EncryptionAtRestOptions", "Enabled")


@rule(
    "OPENSEARCH_NODE_TO_NODE_ENCRYPTION_CHECK", on=DOMAIN, severity=Severity.MEDIUM,
    fix="Turn on encryption between nodes (UpdateDomainConfig).",
)  # fmt: skip
def opensearch_node_to_node(domain: Item) -> Verdict:
    """A domain's nodes speak to each other encrypted.

    Source: AWS Config Developer Guide, "opensearch-node-to-node-encryption-check".
    """
    return _is_on(domain, "NodeToNodeEncryptionOptions", "Enabled")


@rule(
    "OPENSEARCH_HTTPS_REQUIRED", on=DOMAIN, severity=Severity.MEDIUM,
    fix="Demand HTTPS of clients (UpdateDomainConfig).",
)  # fmt: skip
def opensearch_https(domain: Item, parameters: TlsPolicies) -> Verdict:
    """A domain answers by HTTPS alone, by one of the given policies where any is.

    Source: AWS Config Developer Guide, "opensearch-https-required".
    """
    verdict, wanted = _is_on(domain, "DomainEndpointOptions", "EnforceHTTPS"), listed(parameters.tls_policies)
    if verdict is not COMPLIANT or not wanted:
        return verdict
    found = text(domain, "DomainEndpointOptions", "TLSSecurityPolicy")
    return expect(found in wanted, "DomainEndpointOptions.TLSSecurityPolicy", found)


@rule(
    "OPENSEARCH_IN_VPC_ONLY", on=DOMAIN, severity=Severity.CRITICAL,
    fix="Make the domain anew in a VPC.",
)  # fmt: skip
def opensearch_in_vpc(domain: Item) -> Verdict:
    """A domain is in a VPC.

    Source: AWS Config Developer Guide, "opensearch-in-vpc-only".
    """
    found = texts(domain, "VPCOptions", "SubnetIds")
    return expect(bool(found), "VPCOptions.SubnetIds", found)


@rule(
    "OPENSEARCH_LOGS_TO_CLOUDWATCH", on=DOMAIN, severity=Severity.MEDIUM,
    fix="Publish the domain's logs to CloudWatch Logs (UpdateDomainConfig with LogPublishingOptions).",
)  # fmt: skip
def opensearch_logs(domain: Item, parameters: LogTypes) -> Verdict:
    """A domain publishes logs, each of the given types where any is.

    Source: AWS Config Developer Guide, "opensearch-logs-to-cloudwatch".
    """
    on = [name for name in (*LOG_KINDS.values(), "AUDIT_LOGS") if flag(domain, "LogPublishingOptions", name, "Enabled")]
    wanted = [LOG_KINDS.get(one, one) for one in listed(parameters.log_types)]
    return expect(set(wanted) <= set(on) if wanted else bool(on), "LogPublishingOptions", on)


@rule(
    "OPENSEARCH_AUDIT_LOGGING_ENABLED", on=DOMAIN, severity=Severity.MEDIUM,
    fix="Publish the domain's audit log (UpdateDomainConfig with LogPublishingOptions).",
)  # fmt: skip
def opensearch_audit_log(domain: Item, parameters: LogGroups) -> Verdict:
    """A domain publishes its audit log, to one of the given log groups where any is.

    Source: AWS Config Developer Guide, "opensearch-audit-logging-enabled".
    """
    place = ("LogPublishingOptions", "AUDIT_LOGS")
    if not flag(domain, *place, "Enabled"):
        return expect(False, "LogPublishingOptions.AUDIT_LOGS.Enabled", flag(domain, *place, "Enabled"))
    found, wanted = (
        text(domain, *place, "CloudWatchLogsLogGroupArn"),
        listed(parameters.cloud_watch_logs_log_group_arn_list),
    )
    return expect(not wanted or found in wanted, "LogPublishingOptions.AUDIT_LOGS.CloudWatchLogsLogGroupArn", found)


@rule(
    "DMS_REPLICATION_NOT_PUBLIC", on=REPLICATION, trigger=Trigger.PERIODIC, severity=Severity.CRITICAL,
    fix="Make the replication instance anew without a public address.",
)  # fmt: skip
def dms_replication_not_public(instance: Item) -> Verdict:
    """A replication instance has no public address.

    Source: AWS Config Developer Guide, "dms-replication-not-public".
    """
    found = flag(instance, "PubliclyAccessible")
    return expect(found is False, "PubliclyAccessible", found)


@rule(
    "SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS", on=NOTEBOOK, trigger=Trigger.PERIODIC, severity=Severity.HIGH,
    fix="Make the notebook instance anew in a VPC with DirectInternetAccess=Disabled.",
)  # fmt: skip
def notebook_no_internet(notebook: Item) -> Verdict:
    """A notebook instance does not reach the internet by itself.

    Source: AWS Config Developer Guide, "sagemaker-notebook-no-direct-internet-access".
    """
    found = text(notebook, "DirectInternetAccess")
    return expect(found == "Disabled", "DirectInternetAccess", found)


@rule(
    "SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED", on=NOTEBOOK, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Make the notebook instance anew with a KMS key.",
)  # fmt: skip
def notebook_kms_key(notebook: Item, parameters: NotebookKeys) -> Verdict:
    """A notebook instance's volume is encrypted by a KMS key, one of the given where any is.

    Source: AWS Config Developer Guide, "sagemaker-notebook-instance-kms-key-configured".
    """
    found, wanted = text(notebook, "KmsKeyId"), listed(parameters.kms_key_arns)
    is_wanted = not wanted or any(key == found or key.endswith(f"/{found}") for key in wanted)
    return expect(bool(found) and is_wanted, "KmsKeyId", found)


@rule(
    "ACM_CERTIFICATE_EXPIRATION_CHECK", on=CERTIFICATE, severity=Severity.MEDIUM,
    fix="Renew the certificate, or put another in its place.",
)  # fmt: skip
def certificate_expiration(certificate: Item, parameters: Expiry, inventory: Inventory) -> Verdict:
    """A certificate does not expire within the given number of days.

    Source: AWS Config Developer Guide, "acm-certificate-expiration-check".
    """
    if (status := text(certificate, "status")) not in ("ISSUED", "EXPIRED", None):
        return not_applicable(f"The certificate is {status}")
    at = moment(certificate, "notAfter")
    if at is None:
        raise Unseen("notAfter: not in the configuration")
    return expect(at - inventory.at > timedelta(parameters.days_to_expiration), "notAfter", at.isoformat())


@rule(
    "ACM_CERTIFICATE_RSA_CHECK", on=CERTIFICATE, severity=Severity.HIGH,
    fix="Have a certificate with an RSA key of at least 2048 bits put in its place.",
)  # fmt: skip
def certificate_rsa(certificate: Item) -> Verdict:
    """The key of an RSA certificate has at least 2048 bits.

    Source: AWS Config Developer Guide, "acm-certificate-rsa-check".
    """
    found = text(certificate, "keyAlgorithm")
    if found is None:
        raise Unseen("keyAlgorithm: not in the configuration")
    kind, _, bits = found.replace("-", "_").partition("_")
    if kind != "RSA" or not bits.isdecimal():
        return not_applicable(f"The key is of {found}")
    return COMPLIANT if int(bits) >= 2048 else expect(False, "keyAlgorithm", found)


def _is_on(domain: Item, *place: str) -> Verdict:
    found = flag(domain, *place)
    return expect(found is True, ".".join(place), found)
