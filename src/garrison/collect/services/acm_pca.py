"""AWS Private Certificate Authority: the account's authorities."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import At, Call, Part, Place, Service, Type


def _flat(configuration: dict[str, Any]) -> dict[str, Any]:
    """Config tells of the key and the subject beside the type, where the API has them one step further in."""
    inner = configuration.get("CertificateAuthorityConfiguration") or {}
    rest = {name: each for name, each in configuration.items() if name != "CertificateAuthorityConfiguration"}
    return rest | inner


AUTHORITY = Type(
    "AWS::ACMPCA::CertificateAuthority",
    Call("ListCertificateAuthorities", "CertificateAuthorities[]"),
    id="Arn",
    arn="Arn",
    created="CreatedAt",
    keep=lambda authority: authority.get("Status") != "DELETED",  # listed for as long as it can be restored
    shaped=_flat,
    parts=(Part("", Call("ListTags", params={"CertificateAuthorityArn": At("Arn")}), "Tags", into=Place.TAGS),),
)

SERVICE = Service("acm-pca", (AUTHORITY,))
