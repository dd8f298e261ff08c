"""Subjects: who has used certificates, and which; written by every session that is made."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.rolesanywhere.naming import find, named, tags_of
from garrison.services.rolesanywhere.paging import page_of
from garrison.services.rolesanywhere.resources import SeenCertificate, Subject
from garrison.services.rolesanywhere.service import service

if TYPE_CHECKING:
    from cryptography import x509

    from garrison.services.call import Call

MOST_REMEMBERED = 10
"""Certificates of one subject that are remembered, the latest first."""
_NAMESPACE = uuid.UUID("0f7ef1f5-0c8b-5a5c-8a14-3f0f2a1f6f31")


def seen(call: Call, certificate: x509.Certificate, properties: Mapping[str, str]) -> Subject:
    """Note that a certificate was used; gives its subject as it is then."""
    from cryptography.hazmat.primitives.serialization import Encoding

    name = certificate.subject.rfc4514_string()
    identifier = str(uuid.uuid5(_NAMESPACE, f"{call.account}/{call.region}/{name}"))
    used = SeenCertificate(
        serial_number=str(certificate.serial_number),
        issuer=certificate.issuer.rfc4514_string(),
        pem=certificate.public_bytes(Encoding.PEM).decode(),
        seen_at=call.at,
    )
    known = call.unit.get(Subject, identifier)
    if known is None:
        return call.unit.add(
            Subject(
                account=call.account,
                region=call.region,
                id=identifier,
                x509_subject=name,
                created_at=call.at,
                updated_at=call.at,
                last_seen_at=call.at,
                credentials=(used,),
                instance_properties=dict(properties),
            )
        )
    others = [one for one in known.credentials if one.pem != used.pem]
    return call.unit.save(
        replace(
            known,
            last_seen_at=call.at,
            updated_at=call.at,
            credentials=(used, *others[: MOST_REMEMBERED - 1]),
            instance_properties=dict(properties),
        )
    )


def _summary(subject: Subject) -> dict[str, Any]:
    return {
        "subjectArn": subject.arn,
        "subjectId": subject.id,
        "enabled": subject.enabled,
        "x509Subject": subject.x509_subject,
        "lastSeenAt": subject.last_seen_at,
        "createdAt": subject.created_at,
        "updatedAt": subject.updated_at,
    }


@service.operation(
    "GetSubject", needs={"rolesanywhere:GetSubject": named(Subject, "subjectId")}, context=tags_of(Subject, "subjectId")
)
def get_subject(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """One subject with its latest certificates."""
    subject = find(call, Subject, request["subjectId"])
    credentials = [
        {
            "seenAt": one.seen_at,
            "serialNumber": one.serial_number,
            "issuer": one.issuer,
            "enabled": True,
            "x509CertificateData": one.pem,
            "failed": False,
        }
        for one in subject.credentials
    ]
    properties = [{"seenAt": subject.last_seen_at, "properties": subject.instance_properties, "failed": False}]
    return {
        "subject": _summary(subject)
        | {"credentials": credentials, "instanceProperties": properties if subject.instance_properties else []}
    }


@service.operation("ListSubjects", needs={"rolesanywhere:ListSubjects": "*"})
def list_subjects(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The region's subjects."""
    return page_of(call, request, Subject, "subjects", _summary)
