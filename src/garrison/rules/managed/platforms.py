"""Rules about platforms: Elastic Beanstalk, Amazon MQ, Transfer Family, DAX, Service Catalog."""

from __future__ import annotations

from collections.abc import Mapping

from garrison.items import Item
from garrison.rules.reading import Unseen, flag, rows_of, text, texts
from garrison.rules.registry import Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect

ENVIRONMENT, BROKER, SERVER = "AWS::ElasticBeanstalk::Environment", "AWS::AmazonMQ::Broker", "AWS::Transfer::Server"
DAX, PORTFOLIO = "AWS::DAX::Cluster", "AWS::ServiceCatalog::Portfolio"
OPTIONS = "OptionSettings"
LOGS, HEALTH = "aws:elasticbeanstalk:cloudwatch:logs", "aws:elasticbeanstalk:healthreporting:system"
ACTIONS, UPDATES = "aws:elasticbeanstalk:managedactions", "aws:elasticbeanstalk:managedactions:platformupdate"
KEPT_DAYS = tuple(str(days) for days in (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653))


class KeptLogs(Parameters, frozen=True):
    """How long logs have to be kept, and whether they go with the environment, where it matters."""

    RetentionInDays: str | None = None  # AWS's spelling
    DeleteOnTerminate: str | None = None

    def __post_init__(self) -> None:
        """Refuse what AWS does not take."""
        if self.RetentionInDays not in (None, *KEPT_DAYS):
            raise ValueError(f"RetentionInDays has to be one of {', '.join(KEPT_DAYS)}")
        if self.DeleteOnTerminate not in (None, "true", "false"):
            raise ValueError("DeleteOnTerminate has to be true or false")


class Updates(Parameters, frozen=True):
    """The level of updates that has to be taken, where it matters."""

    UpdateLevel: str | None = None  # AWS's spelling

    def __post_init__(self) -> None:
        """Refuse what AWS does not take."""
        if self.UpdateLevel not in (None, "minor", "patch"):
            raise ValueError("UpdateLevel has to be minor or patch")


@rule(
    "ELASTIC_BEANSTALK_LOGS_TO_CLOUDWATCH", on=ENVIRONMENT, severity=Severity.MEDIUM,
    parts=(OPTIONS,),
    fix="Have the environment send its logs to CloudWatch Logs (UpdateEnvironment with StreamLogs).",
)  # fmt: skip
def beanstalk_logs(environment: Item, parameters: KeptLogs) -> Verdict:
    """An environment sends its logs to CloudWatch Logs, and keeps them as the parameters say.

    Source: AWS Config Developer Guide, "elastic-beanstalk-logs-to-cloudwatch".
    """
    options = _options(environment)
    wanted = {
        "StreamLogs": "true",
        "RetentionInDays": parameters.RetentionInDays,
        "DeleteOnTerminate": parameters.DeleteOnTerminate,
    }
    return _as_wanted(options, LOGS, wanted)


@rule(
    "BEANSTALK_ENHANCED_HEALTH_REPORTING_ENABLED", on=ENVIRONMENT, severity=Severity.LOW,
    parts=(OPTIONS,),
    fix="Have the environment report its health in full (UpdateEnvironment with SystemType=enhanced).",
)  # fmt: skip
def beanstalk_health(environment: Item) -> Verdict:
    """An environment reports its health in full.

    Source: AWS Config Developer Guide, "beanstalk-enhanced-health-reporting-enabled".
    """
    return _as_wanted(_options(environment), HEALTH, {"SystemType": "enhanced"})


@rule(
    "ELASTIC_BEANSTALK_MANAGED_UPDATES_ENABLED", on=ENVIRONMENT, severity=Severity.MEDIUM,
    parts=(OPTIONS,),
    fix="Have the platform kept up to date (UpdateEnvironment with ManagedActionsEnabled).",
)  # fmt: skip
def beanstalk_updates(environment: Item, parameters: Updates) -> Verdict:
    """An environment's platform is kept up to date, at the given level where one is.

    Source: AWS Config Developer Guide, "elastic-beanstalk-managed-updates-enabled".
    """
    options = _options(environment)
    found = _as_wanted(options, ACTIONS, {"ManagedActionsEnabled": "true"})
    return _as_wanted(options, UPDATES, {"UpdateLevel": parameters.UpdateLevel}) if found is COMPLIANT else found


@rule(
    "MQ_CLOUDWATCH_AUDIT_LOG_ENABLED", on=BROKER, severity=Severity.MEDIUM,
    fix="Have the broker write an audit log (UpdateBroker).",
)  # fmt: skip
def broker_audit_log(broker: Item) -> Verdict:
    """A broker writes an audit log.

    Source: AWS Config Developer Guide, "mq-cloudwatch-audit-log-enabled".
    """
    return _audited(broker)


@rule(
    "MQ_CLOUDWATCH_AUDIT_LOGGING_ENABLED", on=BROKER, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Have the broker write an audit log (UpdateBroker).",
)  # fmt: skip
def broker_audit_logging(broker: Item) -> Verdict:
    """A broker writes an audit log.

    Source: AWS Config Developer Guide, "mq-cloudwatch-audit-logging-enabled".
    """
    return _audited(broker)


@rule(
    "TRANSFER_FAMILY_SERVER_NO_FTP", on=SERVER, trigger=Trigger.PERIODIC, severity=Severity.HIGH,
    fix="Take FTP out of the server's protocols (UpdateServer).",
)  # fmt: skip
def server_no_ftp(server: Item) -> Verdict:
    """A server does not speak plain FTP.

    Source: AWS Config Developer Guide, "transfer-family-server-no-ftp".
    """
    found = texts(server, "protocols")
    if not found:
        raise Unseen("protocols: not in the configuration")
    return expect("FTP" not in found, "protocols", found)


@rule(
    "DAX_ENCRYPTION_ENABLED", on=DAX, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Make a cluster with encryption; it cannot be turned on later.",
)  # fmt: skip
def dax_encrypted(cluster: Item) -> Verdict:
    """A cluster keeps what it caches encrypted.

    Source: AWS Config Developer Guide, "dax-encryption-enabled".
    """
    found = text(cluster, "sSEDescription", "status")
    return expect(found == "ENABLED", "sSEDescription.status", found)


@rule(
    "DAX_TLS_ENDPOINT_ENCRYPTION", on=DAX, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    fix="Make a cluster whose endpoint speaks TLS; it cannot be turned on later.",
)  # fmt: skip
def dax_tls(cluster: Item) -> Verdict:
    """A cluster's endpoint speaks TLS.

    Source: AWS Config Developer Guide, "dax-tls-endpoint-encryption".
    """
    found = text(cluster, "clusterEndpointEncryptionType")
    return expect(found == "TLS", "clusterEndpointEncryptionType", found)


@rule(
    "SERVICE_CATALOG_SHARED_WITHIN_ORGANIZATION", on=PORTFOLIO, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    parts=("AccountShares",),
    fix="Share the portfolio with the organization or a part of it, not with single accounts (CreatePortfolioShare).",
)  # fmt: skip
def portfolio_shared_within_organization(portfolio: Item) -> Verdict:
    """A portfolio is shared with the organization or parts of it, and with no account by itself.

    Source: AWS Config Developer Guide, "service-catalog-shared-within-organization".
    """
    found = [text(one, "principalId") for one in rows_of(portfolio, "AccountShares") if text(one, "type") == "ACCOUNT"]
    return expect(not found, "AccountShares", found)


def _audited(broker: Item) -> Verdict:
    found = flag(broker, "Logs", "Audit")
    return expect(found is True, "Logs.Audit", found)


def _options(environment: Item) -> dict[tuple[str | None, str | None], str | None]:
    """An environment's options by namespace and name."""
    return {
        (text(one, "namespace"), text(one, "optionName")): text(one, "value") for one in rows_of(environment, OPTIONS)
    }


def _as_wanted(
    options: Mapping[tuple[str | None, str | None], str | None], namespace: str, wanted: Mapping[str, str | None]
) -> Verdict:
    for name, value in wanted.items():
        found = options.get((namespace, name))
        if value is not None and (found or "").lower() != value:
            return expect(False, f"{namespace}:{name}", found)
    return COMPLIANT
