"""Rules about CloudFront's distributions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.items import Item
from garrison.rules.reading import Unseen, flag, listed, objects, text, texts, value
from garrison.rules.registry import Parameters, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant, not_applicable

DISTRIBUTION = "AWS::CloudFront::Distribution"
CONFIG = "distributionConfig"
OLD_POLICIES = ("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016")
"""Security policies that come before TLSv1.2_2018 (CloudFront Developer Guide, "Supported protocols and ciphers")."""


class WebAcls(Parameters, frozen=True, rename="camel"):
    """The web ACLs, by id or ARN, that may protect; any where none is given."""

    waf_web_acl_ids: str = ""


class LogBucket(Parameters, frozen=True, rename="pascal"):
    """The bucket that logs have to go to, where it matters."""

    s3_bucket_name: str | None = None


@rule(
    "CLOUDFRONT_ASSOCIATED_WITH_WAF", on=DISTRIBUTION, severity=Severity.MEDIUM,
    fix="Give the distribution a web ACL (UpdateDistribution with WebACLId).",
)  # fmt: skip
def associated_with_waf(distribution: Item, parameters: WebAcls) -> Verdict:
    """A distribution has a web ACL, one of the given where any is.

    Source: AWS Config Developer Guide, "cloudfront-associated-with-waf".
    """
    found, wanted = text(_config(distribution), "webACLId"), listed(parameters.waf_web_acl_ids)
    return expect(bool(found) and (not wanted or found in wanted), "webACLId", found)


@rule(
    "CLOUDFRONT_ACCESSLOGS_ENABLED", on=DISTRIBUTION, severity=Severity.MEDIUM,
    fix="Turn on standard logging to a bucket (UpdateDistribution).",
)  # fmt: skip
def access_logs_enabled(distribution: Item, parameters: LogBucket) -> Verdict:
    """A distribution writes access logs to a bucket, to the given one where one is.

    Source: AWS Config Developer Guide, "cloudfront-accesslogs-enabled".
    """
    config = _config(distribution)
    if not flag(config, "logging", "enabled"):
        return expect(False, "logging.enabled", flag(config, "logging", "enabled"))
    bucket = (text(config, "logging", "bucket") or "").split(".s3.")[0]
    return expect(parameters.s3_bucket_name in (None, bucket), "logging.bucket", bucket)


@rule(
    "CLOUDFRONT_VIEWER_POLICY_HTTPS", on=DISTRIBUTION, severity=Severity.MEDIUM,
    fix="Set the viewer protocol policy to https-only or redirect-to-https.",
)  # fmt: skip
def viewer_policy_https(distribution: Item) -> Verdict:
    """No cache behaviour of a distribution lets viewers in by plain HTTP.

    Source: AWS Config Developer Guide, "cloudfront-viewer-policy-https".
    """
    found = [text(one, "viewerProtocolPolicy") for one in _behaviours(distribution)]
    return expect("allow-all" not in found, "viewerProtocolPolicy", found)


@rule(
    "CLOUDFRONT_CUSTOM_SSL_CERTIFICATE", on=DISTRIBUTION, severity=Severity.LOW,
    fix="Give the distribution a certificate of its own name.",
)  # fmt: skip
def custom_ssl_certificate(distribution: Item) -> Verdict:
    """A distribution has a certificate other than CloudFront's own.

    Source: AWS Config Developer Guide, "cloudfront-custom-ssl-certificate".
    """
    found = value(_config(distribution), "viewerCertificate")
    return expect(_has_own_certificate(distribution), "viewerCertificate", found)


@rule(
    "CLOUDFRONT_NO_DEPRECATED_SSL_PROTOCOLS", on=DISTRIBUTION, severity=Severity.MEDIUM,
    fix="Take SSLv3 out of the origin's protocols.",
)  # fmt: skip
def no_deprecated_ssl_protocols(distribution: Item) -> Verdict:
    """A distribution does not speak SSLv3 with custom origins by HTTPS.

    Source: AWS Config Developer Guide, "cloudfront-no-deprecated-ssl-protocols".
    """
    for origin in _origins(distribution):
        if "SSLv3" in texts(origin, "customOriginConfig", "originSslProtocols", "items"):
            return non_compliant(f"The origin {text(origin, 'id')} is spoken to by SSLv3")
    return COMPLIANT


@rule(
    "CLOUDFRONT_ORIGIN_ACCESS_IDENTITY_ENABLED", on=DISTRIBUTION, severity=Severity.MEDIUM,
    fix="Give the origin an origin access identity and let only it read the bucket.",
)  # fmt: skip
def origin_access_identity_enabled(distribution: Item) -> Verdict:
    """Every origin of a distribution that is a bucket is reached by an origin access identity.

    Source: AWS Config Developer Guide, "cloudfront-origin-access-identity-enabled".
    """
    return _each_bucket_has(distribution, ("s3OriginConfig", "originAccessIdentity"))


@rule(
    "CLOUDFRONT_S3_ORIGIN_ACCESS_CONTROL_ENABLED", on=DISTRIBUTION, severity=Severity.MEDIUM,
    fix="Give the origin an origin access control and let only the distribution read the bucket.",
)  # fmt: skip
def s3_origin_access_control_enabled(distribution: Item) -> Verdict:
    """Every origin of a distribution that is a bucket is reached by an origin access control.

    Source: AWS Config Developer Guide, "cloudfront-s3-origin-access-control-enabled".
    """
    return _each_bucket_has(distribution, ("originAccessControlId",))


@rule(
    "CLOUDFRONT_SNI_ENABLED", on=DISTRIBUTION, severity=Severity.LOW,
    fix="Serve HTTPS by SNI (ViewerCertificate with SSLSupportMethod=sni-only).",
)  # fmt: skip
def sni_enabled(distribution: Item) -> Verdict:
    """A distribution with a certificate of its own serves it by SNI, not by an address of its own.

    Source: AWS Config Developer Guide, "cloudfront-sni-enabled".
    """
    if not _has_own_certificate(distribution):
        return not_applicable("The distribution has CloudFront's own certificate")
    found = text(_config(distribution), "viewerCertificate", "sslSupportMethod")
    return expect(found == "sni-only", "viewerCertificate.sslSupportMethod", found)


@rule(
    "CLOUDFRONT_SECURITY_POLICY_CHECK", on=DISTRIBUTION, severity=Severity.MEDIUM,
    fix="Set a certificate with a security policy of TLSv1.2_2018 or later.",
)  # fmt: skip
def security_policy(distribution: Item) -> Verdict:
    """A distribution demands TLS 1.2 of viewers. CloudFront's own certificate goes with TLSv1, whatever is set.

    Source: AWS Config Developer Guide, "cloudfront-security-policy-check".
    """
    found = text(_config(distribution), "viewerCertificate", "minimumProtocolVersion")
    if not _has_own_certificate(distribution):
        found = "TLSv1"
    is_new = found is not None and found not in OLD_POLICIES
    return expect(is_new, "viewerCertificate.minimumProtocolVersion", found)


@rule(
    "CLOUDFRONT_TRAFFIC_TO_ORIGIN_ENCRYPTED", on=DISTRIBUTION, severity=Severity.MEDIUM,
    fix="Set the origin protocol policy to https-only.",
)  # fmt: skip
def traffic_to_origin_encrypted(distribution: Item) -> Verdict:
    """A distribution speaks HTTPS with custom origins, or does as viewers do, who then have to.

    Source: AWS Config Developer Guide, "cloudfront-traffic-to-origin-encrypted".
    """
    lets_http = {
        text(one, "targetOriginId")
        for one in _behaviours(distribution)
        if text(one, "viewerProtocolPolicy") == "allow-all"
    }
    for origin in _origins(distribution):
        found = text(origin, "customOriginConfig", "originProtocolPolicy")
        if found == "http-only" or (found == "match-viewer" and text(origin, "id") in lets_http):
            return non_compliant(f"originProtocolPolicy of {text(origin, 'id')} is {found}")
    return COMPLIANT


def _config(distribution: Item) -> Mapping[str, Any]:
    found = value(distribution, CONFIG)
    if not isinstance(found, Mapping):
        raise Unseen(f"{CONFIG}: not in the configuration")
    return found


def _origins(distribution: Item) -> list[Mapping[str, Any]]:
    return objects(_config(distribution), "origins", "items")


def _behaviours(distribution: Item) -> list[Mapping[str, Any]]:
    config = _config(distribution)
    default = value(config, "defaultCacheBehavior")
    first = [default] if isinstance(default, Mapping) else []
    return [*first, *objects(config, "cacheBehaviors", "items")]


def _has_own_certificate(distribution: Item) -> bool:
    config = _config(distribution)
    if flag(config, "viewerCertificate", "cloudFrontDefaultCertificate"):
        return False
    return bool(
        text(config, "viewerCertificate", "acmCertificateArn") or text(config, "viewerCertificate", "iamCertificateId")
    )


def _each_bucket_has(distribution: Item, place: tuple[str, ...]) -> Verdict:
    buckets = [one for one in _origins(distribution) if one.get("s3OriginConfig") is not None]
    if not buckets:
        return not_applicable("No origin is a bucket")
    for origin in buckets:
        if not text(origin, *place):
            return non_compliant(f"{place[-1]} of {text(origin, 'id')} is not set")
    return COMPLIANT
