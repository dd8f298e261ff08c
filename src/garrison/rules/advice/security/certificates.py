"""Certificates that run out, of ACM, of IAM, and where CloudFront meets them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import once, with_id
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.inventory import Inventory
from garrison.rules.managed.load_balancers import BALANCER, CLASSIC, LISTENER, classic_listeners
from garrison.rules.reading import Unseen, moment, objects, text, value

DISTRIBUTION, ACM, IAM = "AWS::CloudFront::Distribution", "AWS::ACM::Certificate", "AWS::IAM::ServerCertificate"
ORIGIN_DAYS, VIEWER_DAYS, ANY_DAYS = timedelta(days=30), timedelta(days=7), timedelta(days=30)


def expires_at(certificate: Item) -> datetime:
    """When it expires; raises `Unseen` where that is not told."""
    found = moment(certificate, "notAfter" if certificate.resource_type == ACM else "Expiration")
    if found is None:
        raise Unseen("when the certificate expires: not in the configuration")
    return found


def judged(expires: datetime, now: datetime, soon: timedelta) -> tuple[Status, str | None]:
    """How it stands with a certificate, and why."""
    if expires <= now:
        return Status.ERROR, f"The certificate expired on {expires.date()}"
    if expires - now <= soon:
        return Status.WARNING, f"The certificate expires on {expires.date()}"
    return Status.OK, None


@check(
    "N425c450f2", "cloudfront-custom-ssl-certificates-in-the-iam-certificate-store", Category.SECURITY, on=DISTRIBUTION,
    also={IAM: ()},
    name="CloudFront Custom SSL Certificates in the IAM Certificate Store",
    chinese_name="IAM 证书存储中的 CloudFront 自定义 SSL 证书",
    columns=("Status", "Distribution ID", "Distribution Domain Name", "Certificate Name", "Reason"),
    fix="Put a certificate of ACM's in its place, which renews by itself (UpdateDistribution).",
)  # fmt: skip
def viewer_certificate(distribution: Item, inputs: Inputs) -> Advised | None:
    """The IAM certificate that a distribution shows has not expired (red) and does not within seven days (yellow).

    Its hash algorithm and names, which AWS looks at too, are not collected. Source: AWS Support User Guide, "CloudFront Custom SSL
    Certificates in the IAM Certificate Store".
    """
    used = text(distribution, "distributionConfig", "viewerCertificate", "iamCertificateId")
    if not used:
        return None
    certificate = with_id(inputs, IAM, used)
    if certificate is None:
        raise Unseen(f"{used}: not among the certificates of the account")
    status, reason = judged(expires_at(certificate), inputs.now, VIEWER_DAYS)
    domain, name = text(distribution, "domainName"), certificate.resource_name
    return advised(distribution, status, colour(status), distribution.resource_id, domain, name, reason)


@check(
    "N430c450f2", "cloudfront-ssl-certificate-on-the-origin-server", Category.SECURITY, on=DISTRIBUTION,
    also={BALANCER: (), CLASSIC: (), LISTENER: (), ACM: (), IAM: ()},
    name="CloudFront SSL Certificate on the Origin Server", chinese_name="源服务器上的 CloudFront SSL 证书",
    columns=("Status", "Distribution ID", "Distribution Domain Name", "Origin", "Reason"),
    fix="Renew the origin's certificate, or put one on it.",
)  # fmt: skip
def origin_certificate(distribution: Item, inputs: Inputs) -> Iterator[Advised]:
    """The certificate of an origin that is a load balancer of the account is there and has not expired (red), nor does within 30 days (yellow).

    Of other origins nothing is known without connecting to them. Source: AWS Support User Guide, "CloudFront SSL Certificate on the
    Origin Server".
    """
    domain = text(distribution, "domainName")
    for origin in objects(distribution, "distributionConfig", "origins", "items"):
        if text(origin, "customOriginConfig", "originProtocolPolicy") in (None, "http-only"):
            continue
        name = text(origin, "domainName") or ""
        status, reason = _of_origin(name, inputs)
        told = colour(status) if status is not Status.NOT_AVAILABLE else None
        row = advised(distribution, status, told, distribution.resource_id, domain, name, reason)
        yield row if told else _unknown(row, reason)


def _of_origin(name: str, inputs: Inputs) -> tuple[Status, str | None]:
    arns = _certificates_by_host(inputs).get(name.lower())
    if arns is None:
        return Status.NOT_AVAILABLE, "The origin is no load balancer of the account: it would have to be connected to"
    if not arns:
        return Status.ERROR, "The origin has no certificate"
    found = [inputs.inventory.at_arn(arn) for arn in arns]
    known = [expires_at(one) for one in found if one is not None]
    if len(known) < len(found):
        return Status.NOT_AVAILABLE, "The origin's certificate is not among those collected"
    return judged(min(known), inputs.now, ORIGIN_DAYS)


def _unknown(row: Advised, reason: str | None) -> Advised:
    return Advised(row.resource_id, row.arn, row.region, row.status, row.metadata, reason=reason or "")


@once
def _certificates_by_host(inventory: Inventory) -> dict[str, list[str]]:
    """The ARNs of the certificates of each load balancer, by its name in the DNS."""
    shown: dict[str, list[str]] = {one.arn: [] for one in inventory.of_type(BALANCER)}
    for listener in inventory.of_type(LISTENER):
        certificates = objects(listener, "Certificates")
        shown.setdefault(text(listener, "LoadBalancerArn") or "", []).extend(_named(certificates, "CertificateArn"))
    hosts = {(text(one, "dNSName") or "").lower(): shown[one.arn] for one in inventory.of_type(BALANCER)}
    for one in inventory.of_type(CLASSIC):
        hosts[(text(one, "dnsname") or "").lower()] = _named(classic_listeners(one), "sslcertificateId")
    return hosts


def _named(rows: list[Mapping[str, Any]], place: str) -> list[str]:
    return [found for one in rows if (found := text(one, place))]


@check(
    None, "expiring-certificates", Category.SECURITY, on=(ACM, IAM),
    name="Certificates that expired or are about to", chinese_name="已过期或即将过期的证书",
    columns=("Status", "Region", "Certificate", "Domain Name", "Store", "Expires", "Reason"),
    fix="Renew the certificate, or have ACM issue one that it renews by itself.",
)  # fmt: skip
def certificate_expiry(certificate: Item, inputs: Inputs) -> Advised | None:
    """A certificate that was issued has not expired (red) and does not within 30 days (yellow).

    Source: AWS Config Developer Guide, "acm-certificate-expiration-check"; for certificates in IAM too.
    """
    is_of_acm = certificate.resource_type == ACM
    if is_of_acm and text(certificate, "status") in ("PENDING_VALIDATION", "FAILED", "VALIDATION_TIMED_OUT"):
        return None
    expires = expires_at(certificate)
    status, reason = judged(expires, inputs.now, ANY_DAYS)
    if is_of_acm and not value(certificate, "inUseBy") and status is Status.ERROR:
        status, reason = Status.WARNING, f"{reason}; nothing uses it"
    return advised(
        certificate, status, colour(status), certificate.region, certificate.arn, certificate.resource_name,
        "ACM" if is_of_acm else "IAM", expires.isoformat(), reason,
    )  # fmt: skip
