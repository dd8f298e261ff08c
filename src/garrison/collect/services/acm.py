"""AWS Certificate Manager: certificates of every key type; never private keys."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

_KEY_TYPES = [
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
]
"""Without naming them only RSA_1024 and RSA_2048 are listed (ACM API reference, ListCertificates)."""
_CERTIFICATES = Call("ListCertificates", "CertificateSummaryList[]", params={"Includes": {"keyTypes": _KEY_TYPES}})
_OF_CERTIFICATE = {"CertificateArn": At("CertificateArn")}

CERTIFICATE = Type(
    "AWS::ACM::Certificate",
    Call("DescribeCertificate", "Certificate", params=_OF_CERTIFICATE, each=_CERTIFICATES),
    id="CertificateArn",
    arn="CertificateArn",
    title="DomainName",
    created="CreatedAt",
    parts=(Part("", Call("ListTagsForCertificate", params=_OF_CERTIFICATE), "Tags", into=Place.TAGS),),
)

SERVICE = Service("acm", (CERTIFICATE,))
