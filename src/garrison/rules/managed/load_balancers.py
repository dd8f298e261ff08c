"""Rules about load balancers, classic ones and those with listeners of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.items import Item
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, flag, listed, objects, part, rows_of, text
from garrison.rules.registry import Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant, not_applicable

CLASSIC, BALANCER = "AWS::ElasticLoadBalancing::LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
SECURE = ("HTTPS", "SSL", "TLS")


class LogBuckets(Parameters, frozen=True, rename="camel"):
    """The buckets that access logs may go to; any where none is given."""

    s3_bucket_names: str = ""


class Certificates(Parameters, frozen=True, rename="pascal"):
    """The certificates, by ARN, that may be shown; any of ACM's where none is given."""

    acm_certificates_allowed: str = ""


@rule(
    "ELB_LOGGING_ENABLED", on=(CLASSIC, BALANCER), severity=Severity.MEDIUM,
    parts=("LoadBalancerAttributes",),
    fix="Turn on access logs (ModifyLoadBalancerAttributes).",
)  # fmt: skip
def logging_enabled(balancer: Item, parameters: LogBuckets) -> Verdict:
    """A load balancer writes access logs, to one of the given buckets where any is. Gateway load balancers cannot.

    Source: AWS Config Developer Guide, "elb-logging-enabled".
    """
    if balancer.resource_type == CLASSIC:
        log = part(balancer, "LoadBalancerAttributes").get("accessLog") or {}
        is_on, bucket = flag(log, "enabled"), text(log, "s3BucketName")
    else:
        if text(balancer, "type") == "gateway":
            return not_applicable("A gateway load balancer has no access log")
        found = _attributes(balancer)
        is_on, bucket = found.get("access_logs.s3.enabled") == "true", found.get("access_logs.s3.bucket")
    if not is_on:
        return expect(False, "LoadBalancerAttributes.accessLog", is_on)
    wanted = listed(parameters.s3_bucket_names)
    return expect(not wanted or bucket in wanted, "LoadBalancerAttributes.accessLog.s3BucketName", bucket)


@rule(
    "ELB_CROSS_ZONE_LOAD_BALANCING_ENABLED", on=CLASSIC, severity=Severity.LOW,
    parts=("LoadBalancerAttributes",),
    fix="Balance over all zones (ModifyLoadBalancerAttributes).",
)  # fmt: skip
def cross_zone_enabled(balancer: Item) -> Verdict:
    """A classic load balancer balances over all zones.

    Source: AWS Config Developer Guide, "elb-cross-zone-load-balancing-enabled".
    """
    found = flag(part(balancer, "LoadBalancerAttributes"), "crossZoneLoadBalancing", "enabled")
    return expect(found is True, "LoadBalancerAttributes.crossZoneLoadBalancing.enabled", found)


@rule(
    "ELB_DELETION_PROTECTION_ENABLED", on=BALANCER, severity=Severity.LOW,
    parts=("LoadBalancerAttributes",),
    fix="Turn on deletion protection (ModifyLoadBalancerAttributes).",
)  # fmt: skip
def deletion_protection_enabled(balancer: Item) -> Verdict:
    """A load balancer cannot be deleted by one call.

    Source: AWS Config Developer Guide, "elb-deletion-protection-enabled".
    """
    found = _attributes(balancer).get("deletion_protection.enabled")
    return expect(found == "true", "deletion_protection.enabled", found)


@rule(
    "ALB_HTTP_DROP_INVALID_HEADER_ENABLED", on=BALANCER, severity=Severity.MEDIUM,
    parts=("LoadBalancerAttributes",),
    fix="Drop invalid headers (ModifyLoadBalancerAttributes).",
)  # fmt: skip
def drop_invalid_headers(balancer: Item) -> Verdict:
    """An application load balancer drops headers that are not valid.

    Source: AWS Config Developer Guide, "alb-http-drop-invalid-header-enabled".
    """
    if (kind := text(balancer, "type")) not in ("application", None):
        return not_applicable(f"A {kind} load balancer has no headers")
    found = _attributes(balancer).get("routing.http.drop_invalid_header_fields.enabled")
    return expect(found == "true", "routing.http.drop_invalid_header_fields.enabled", found)


@rule(
    "ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK", on=BALANCER, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    also={LISTENER: ()},
    fix="Have each HTTP listener redirect to HTTPS (ModifyListener).",
)  # fmt: skip
def redirects_to_https(balancer: Item, parameters: Parameters, inventory: Inventory) -> Verdict:
    """Every HTTP listener of an application load balancer redirects to HTTPS.

    Source: AWS Config Developer Guide, "alb-http-to-https-redirection-check".
    """
    if (kind := text(balancer, "type")) != "application":
        return not_applicable(f"A {kind} load balancer")
    for listener in _listeners(balancer, inventory):
        if text(listener, "Protocol") == "HTTP" and not any(
            _redirects(one) for one in objects(listener, "DefaultActions")
        ):
            return non_compliant(f"The HTTP listener {listener.resource_id} does not redirect to HTTPS")
    return COMPLIANT


@rule(
    "ELBV2_ACM_CERTIFICATE_REQUIRED", on=BALANCER, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    also={LISTENER: ()},
    fix="Give each listener a certificate of ACM's (ModifyListener).",
)  # fmt: skip
def v2_acm_certificate(balancer: Item, parameters: Certificates, inventory: Inventory) -> Verdict:
    """Every listener of an application or network load balancer shows a certificate of ACM's, one of the given where any is.

    Source: AWS Config Developer Guide, "elbv2-acm-certificate-required".
    """
    if (kind := text(balancer, "type")) not in ("application", "network"):
        return not_applicable(f"A {kind} load balancer")
    wanted, listeners = listed(parameters.acm_certificates_allowed), _listeners(balancer, inventory)
    for listener in listeners:
        shown = [text(one, "CertificateArn") or "" for one in objects(listener, "Certificates")]
        if not shown or not all(_is_of_acm(one) and (not wanted or one in wanted) for one in shown):
            return non_compliant(f"The listener {listener.resource_id} shows {shown}")
    return COMPLIANT if listeners else not_applicable("The load balancer has no listener")


@rule(
    "ELB_ACM_CERTIFICATE_REQUIRED", on=CLASSIC, severity=Severity.MEDIUM,
    fix="Give each HTTPS and SSL listener a certificate of ACM's (SetLoadBalancerListenerSSLCertificate).",
)  # fmt: skip
def classic_acm_certificate(balancer: Item) -> Verdict:
    """Every HTTPS or SSL listener of a classic load balancer shows a certificate of ACM's.

    Source: AWS Config Developer Guide, "elb-acm-certificate-required".
    """
    secure = [one for one in classic_listeners(balancer) if text(one, "protocol") in SECURE]
    if not secure:
        return not_applicable("The load balancer has no HTTPS or SSL listener")
    found = [text(one, "sslcertificateId") or "" for one in secure]
    return expect(all(_is_of_acm(one) for one in found), "listener.sslcertificateId", found)


@rule(
    "ELB_TLS_HTTPS_LISTENERS_ONLY", on=CLASSIC, severity=Severity.MEDIUM,
    fix="Take away the listeners of other protocols than HTTPS and SSL.",
)  # fmt: skip
def classic_secure_listeners_only(balancer: Item) -> Verdict:
    """Every listener of a classic load balancer speaks HTTPS or SSL.

    Source: AWS Config Developer Guide, "elb-tls-https-listeners-only".
    """
    found = [text(one, "protocol") for one in classic_listeners(balancer)]
    if not found:
        return not_applicable("The load balancer has no listener")
    return expect(all(one in SECURE for one in found), "listener.protocol", found)


def _attributes(balancer: Item) -> dict[str | None, str | None]:
    return {text(one, "key"): text(one, "value") for one in rows_of(balancer, "LoadBalancerAttributes")}


def _listeners(balancer: Item, inventory: Inventory) -> list[Item]:
    return [one for one in inventory.of_type(LISTENER) if text(one, "LoadBalancerArn") == balancer.arn]


def classic_listeners(balancer: Item) -> list[Mapping[str, Any]]:
    """The listeners of a classic load balancer; raises `Unseen` where they are not told."""
    if "listenerDescriptions" not in balancer.configuration:
        objects(balancer, "listenerDescriptions")  # says why, where it was refused
        raise Unseen("listenerDescriptions: not in the configuration")
    found = (one.get("listener") for one in objects(balancer, "listenerDescriptions"))
    return [one for one in found if isinstance(one, Mapping)]


def _redirects(action: Mapping[str, Any]) -> bool:
    return text(action, "Type") == "redirect" and text(action, "RedirectConfig", "Protocol") == "HTTPS"


def _is_of_acm(arn: str) -> bool:
    return arn.startswith("arn:") and arn.split(":")[2:3] == ["acm"]
