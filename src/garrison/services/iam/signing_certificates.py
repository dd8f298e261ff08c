"""Signing certificates of users, as old SOAP interfaces know callers by: kept, listed, switched off and on, deleted."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from garrison.arn import iam_arn
from garrison.errors import ApiError
from garrison.identifiers import unique_id
from garrison.services.iam import condition_values as values
from garrison.services.iam.arns import user_or_caller
from garrison.services.iam.naming import find_user, user_name
from garrison.services.iam.paging import page_of
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.service import service
from garrison.store import Resource

if TYPE_CHECKING:
    from cryptography import x509
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.iam.resources import User
    from garrison.store import Unit

Answer = dict[str, Any]


class SigningCertificate(Resource, frozen=True, kw_only=True):
    """An X.509 certificate of a user."""

    resource_type: ClassVar[str] = "AWS::IAM::SigningCertificate"
    identity: ClassVar[tuple[str, ...]] = ("certificate_id",)
    indexed: ClassVar[tuple[str, ...]] = ("holder",)
    is_global: ClassVar[bool] = True

    certificate_id: str
    holder: str
    """The unique id of its user."""
    body: str
    is_active: bool = True
    uploaded_at: datetime

    @property
    def arn(self) -> str:
        """Such certificates have no ARN of their own in AWS; this one is Garrison's."""
        return iam_arn(self.account, "signing-certificate", "/", self.certificate_id)


def signing_certificates_of(unit: Unit, holder: str) -> list[SigningCertificate]:
    """A user's signing certificates."""
    return unit.page(SigningCertificate, where={"holder": holder})


def parsed_certificate(body: str) -> x509.Certificate:
    """The one certificate that a PEM text holds; MalformedCertificate where it is none."""
    from cryptography import x509  # seldom needed, and takes long to load

    try:
        return x509.load_pem_x509_certificate(body.strip().encode())
    except ValueError:
        raise ApiError(
            "MalformedCertificate", "The certificate is malformed: it must be one X.509 certificate in PEM."
        ) from None


def _shown(user: User, certificate: SigningCertificate) -> Answer:
    return {
        "UserName": user.name,
        "CertificateId": certificate.certificate_id,
        "CertificateBody": certificate.body,
        "Status": "Active" if certificate.is_active else "Inactive",
        "UploadDate": certificate.uploaded_at.replace(microsecond=0),
    }


@service.operation(
    "UploadSigningCertificate", needs={"iam:UploadSigningCertificate": user_or_caller}, context=values.of_user
)
def upload_signing_certificate(call: Call, request: shapes.UploadSigningCertificateRequestTypeDef) -> Answer:
    """Keep a certificate for a user, or for the caller."""
    user = find_user(call, user_name(call, request))
    parsed = parsed_certificate(request["CertificateBody"])
    if parsed.not_valid_after_utc < call.at:
        raise ApiError("InvalidCertificate", "The certificate has expired.")
    certificate = SigningCertificate(
        account=call.account,
        certificate_id=unique_id("") + unique_id("")[:15],
        holder=user.unique_id,
        body=parsed.public_bytes(Encoding.PEM).decode().strip(),
        uploaded_at=call.at,
    )
    present = signing_certificates_of(call.unit, user.unique_id)
    if any(each.body == certificate.body for each in present):
        raise ApiError("DuplicateCertificate", "The same certificate is already associated with the IAM user.")
    check_quota("SigningCertificatesPerUser", len(present) + 1)
    call.unit.add(certificate)
    return {"Certificate": _shown(user, certificate)}


@service.operation(
    "ListSigningCertificates", needs={"iam:ListSigningCertificates": user_or_caller}, context=values.of_user
)
def list_signing_certificates(call: Call, request: shapes.ListSigningCertificatesRequestTypeDef) -> Answer:
    """List a user's certificates, or the caller's own."""
    user = find_user(call, user_name(call, request))
    return page_of(
        call,
        request,
        "Certificates",
        signing_certificates_of(call.unit, user.unique_id),
        key=lambda certificate: certificate.certificate_id,
        render=lambda certificate: _shown(user, certificate),
    )


@service.operation(
    "UpdateSigningCertificate", needs={"iam:UpdateSigningCertificate": user_or_caller}, context=values.of_user
)
def update_signing_certificate(call: Call, request: shapes.UpdateSigningCertificateRequestTypeDef) -> None:
    """Switch a certificate on or off."""
    certificate = _find(call, request)
    if request["Status"] not in ("Active", "Inactive"):
        raise ApiError("InvalidInput", "The status of a signing certificate can be set to Active or Inactive only.")
    call.unit.save(replace(certificate, is_active=request["Status"] == "Active"))


@service.operation(
    "DeleteSigningCertificate", needs={"iam:DeleteSigningCertificate": user_or_caller}, context=values.of_user
)
def delete_signing_certificate(call: Call, request: shapes.DeleteSigningCertificateRequestTypeDef) -> None:
    """Delete a certificate."""
    call.unit.remove(_find(call, request))


def _find(call: Call, request: Any) -> SigningCertificate:
    user, certificate_id = find_user(call, user_name(call, request)), request["CertificateId"]
    certificate = call.unit.get(SigningCertificate, certificate_id)
    if certificate is None or certificate.holder != user.unique_id:
        raise ApiError("NoSuchEntity", f"The Certificate with id {certificate_id} cannot be found.")
    return certificate
