"""Enroll a host with its one-time token, and renew its certificate by its own key."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from garrison.credentials.endpoint import Endpoint
from garrison.credentials.identity import HostIdentity, Place, new_key, save_identity, signing_request

_TARGET = "Garrison_20261101"


def _headers(operation: str) -> dict[str, str]:
    return {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"{_TARGET}.{operation}"}


def enroll(folder: Path, endpoint: str, token: str, ca_bundle: str | None = None) -> HostIdentity:
    """Make a key, have it certified for the token, and keep both; raises `Refused`, `Unreachable` or `OperatorError`."""
    key = new_key()
    body = {"Token": token, "CertificateSigningRequest": signing_request(key)}
    answer = Endpoint(endpoint, ca_bundle).call("/", body, _headers("EnrollHost"))
    host: dict[str, Any] = answer["Host"]
    place = Place(
        endpoint=endpoint,
        ca_bundle=ca_bundle,
        region=answer["TrustAnchorArn"].split(":")[3],
        name=host["Name"],
        trust_anchor_arn=answer["TrustAnchorArn"],
        profile_arn=host["ProfileArn"],
        role_arn=host.get("RoleArn"),
    )
    return save_identity(folder, place, key, answer["Certificate"])


def renew_if_due(identity: HostIdentity, at: datetime) -> HostIdentity:
    """The identity with a new key and certificate where half of the old one's life is over; else as it is."""
    if at < identity.renew_at:
        return identity
    key, place = new_key(), identity.place
    body = {"TrustAnchorArn": place.trust_anchor_arn, "CertificateSigningRequest": signing_request(key)}
    endpoint = Endpoint(place.endpoint, place.ca_bundle)
    answer = endpoint.call("/", body, _headers("RenewHostCertificate"), signer=identity, service="garrison", at=at)
    return save_identity(identity.folder, place, key, answer["Certificate"])
