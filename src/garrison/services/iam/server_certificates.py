"""Server certificates: kept with their private keys sealed, which no answer shows again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.identifiers import unique_id
from garrison.services.iam import condition_values as values
from garrison.services.iam.arns import listed, moved, named, new, new_with_tags
from garrison.services.iam.naming import checked_path, folded, lookup
from garrison.services.iam.paging import page_of_kind, under_path
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.resources import IamResource
from garrison.services.iam.service import service
from garrison.services.iam.signing_certificates import parsed_certificate
from garrison.services.iam.tags import checked_tags, merged_tags, page_of_tags, remaining_tags, shown_tags

if TYPE_CHECKING:
    from cryptography import x509
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]
Request = Any

ID_PREFIX = "ASCA"
LARGEST_RSA_BITS = 4096
"""The largest key that AWS's load balancers take (Elastic Load Balancing guide, "Certificates")."""
_NAME = "ServerCertificateName"


class ServerCertificate(IamResource, frozen=True, kw_only=True):
    """A certificate with its chain and its private key."""

    resource_type: ClassVar[str] = "AWS::IAM::ServerCertificate"
    kind: ClassVar[str] = "server-certificate"

    body: str
    chain: str | None = None
    private_key: str
    """Reference to the sealed private key."""
    expires_at: datetime


_existing = named(ServerCertificate, _NAME)


def _find(call: Call, request: Request) -> ServerCertificate:
    found = lookup(call.unit, ServerCertificate, request[_NAME])
    if found is None:
        raise ApiError("NoSuchEntity", f"The Server Certificate with name {request[_NAME]} cannot be found.")
    return found


def _of_certificate(call: Call, request: Request) -> Answer:
    found = lookup(call.unit, ServerCertificate, request[_NAME])
    return values.request_tags(request) | (values.plain_resource_tags(found.tags) if found is not None else {})


def _of_present(call: Call, request: Request) -> Answer:
    return _of_certificate(call, {_NAME: request[_NAME]})


def _metadata(certificate: ServerCertificate) -> Answer:
    return {
        "Path": certificate.path,
        "ServerCertificateName": certificate.name,
        "ServerCertificateId": certificate.unique_id,
        "Arn": certificate.arn,
        "UploadDate": certificate.create_date,
        "Expiration": certificate.expires_at,
    }


def _check_key(certificate: x509.Certificate, key: str) -> None:
    """Whether this is the certificate's private key, without a password."""
    raw = key.strip().encode()
    try:
        # Checking a huge RSA key takes its time: it is measured first.
        loaded = load_pem_private_key(raw, password=None, unsafe_skip_rsa_key_validation=True)
        if isinstance(loaded, RSAPrivateKey):
            if loaded.key_size > LARGEST_RSA_BITS:
                raise ValueError("too large")
            loaded = load_pem_private_key(raw, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ApiError(
            "MalformedCertificate", "The private key is malformed: it must be a PEM key without a password."
        ) from None
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if loaded.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise ApiError("KeyPairMismatch", "The public key in the certificate does not match the private key.")


def _check_chain(chain: str) -> None:
    from cryptography import x509

    try:
        x509.load_pem_x509_certificates(chain.strip().encode())
    except ValueError:
        raise ApiError("MalformedCertificate", "The certificate chain is malformed: it must be in PEM.") from None


def _check_free(call: Call, name: str) -> None:
    if lookup(call.unit, ServerCertificate, name) is not None:
        raise ApiError("EntityAlreadyExists", f"The Server Certificate with name {name} already exists.")


@service.operation(
    "UploadServerCertificate",
    needs={
        "iam:UploadServerCertificate": new(ServerCertificate, _NAME),
        "iam:TagServerCertificate": new_with_tags(ServerCertificate, _NAME),
    },
    context=lambda call, request: values.request_tags(request),
    hidden=("privateKey",),
)
def upload_server_certificate(call: Call, request: shapes.UploadServerCertificateRequestTypeDef) -> Answer:
    """Keep a certificate; its private key is sealed and never shown."""
    name, path, tags = request["ServerCertificateName"], checked_path(request), checked_tags(request.get("Tags"))
    parsed = parsed_certificate(request["CertificateBody"])
    _check_key(parsed, request["PrivateKey"])
    chain = request.get("CertificateChain")
    if chain is not None:
        _check_chain(chain)
    _check_free(call, name)
    check_quota("ServerCertificatesPerAccount", call.unit.count(ServerCertificate) + 1)
    certificate = ServerCertificate(
        account=call.account,
        name=name,
        folded=folded(name),
        path=path,
        unique_id=unique_id(ID_PREFIX),
        created_at=call.at,
        body=request["CertificateBody"],
        chain=chain,
        private_key=call.unit.seal(request["PrivateKey"].encode()),
        expires_at=parsed.not_valid_after_utc,
        tags=tags,
    )
    call.unit.add(certificate)
    return {"ServerCertificateMetadata": _metadata(certificate)} | ({"Tags": shown_tags(tags)} if tags else {})


@service.operation("GetServerCertificate", needs={"iam:GetServerCertificate": _existing}, context=_of_present)
def get_server_certificate(call: Call, request: shapes.GetServerCertificateRequestTypeDef) -> Answer:
    """Show a certificate with its chain and tags."""
    certificate = _find(call, request)
    shown: Answer = {
        "ServerCertificateMetadata": _metadata(certificate),
        "CertificateBody": certificate.body,
        "Tags": shown_tags(certificate.tags),
    }
    return {"ServerCertificate": shown | ({"CertificateChain": certificate.chain} if certificate.chain else {})}


@service.operation("ListServerCertificates", needs={"iam:ListServerCertificates": listed(ServerCertificate)})
def list_server_certificates(call: Call, request: shapes.ListServerCertificatesRequestTypeDef) -> Answer:
    """List the account's certificates whose path begins with a prefix."""
    where = under_path(request)
    member = "ServerCertificateMetadataList"
    return page_of_kind(call, request, member, ServerCertificate, render=_metadata, where=where)


@service.operation(
    "UpdateServerCertificate",
    needs={"iam:UpdateServerCertificate": moved(ServerCertificate, _NAME)},
    context=_of_present,
)
def update_server_certificate(call: Call, request: shapes.UpdateServerCertificateRequestTypeDef) -> None:
    """Rename or move a certificate."""
    certificate = _find(call, request)
    name = request.get("NewServerCertificateName") or certificate.name
    path = checked_path(request, "NewPath") if request.get("NewPath") else certificate.path
    if folded(name) == certificate.folded:
        call.unit.save(replace(certificate, name=name, path=path))
        return
    _check_free(call, name)
    call.unit.remove(certificate)
    call.unit.add(replace(certificate, name=name, folded=folded(name), path=path, revision=0))


@service.operation("DeleteServerCertificate", needs={"iam:DeleteServerCertificate": _existing}, context=_of_present)
def delete_server_certificate(call: Call, request: shapes.DeleteServerCertificateRequestTypeDef) -> None:
    """Delete a certificate; its private key is destroyed."""
    certificate = _find(call, request)
    call.unit.remove(certificate)
    call.unit.destroy(certificate.private_key)


@service.operation("TagServerCertificate", needs={"iam:TagServerCertificate": _existing}, context=_of_certificate)
def tag_server_certificate(call: Call, request: shapes.TagServerCertificateRequestTypeDef) -> None:
    """Add tags to a certificate, or change them."""
    certificate = _find(call, request)
    call.unit.save(replace(certificate, tags=merged_tags(certificate.tags, checked_tags(request["Tags"]))))


@service.operation("UntagServerCertificate", needs={"iam:UntagServerCertificate": _existing}, context=_of_certificate)
def untag_server_certificate(call: Call, request: shapes.UntagServerCertificateRequestTypeDef) -> None:
    """Take tags off a certificate; keys that are not there are passed over."""
    certificate = _find(call, request)
    call.unit.save(replace(certificate, tags=remaining_tags(certificate.tags, request["TagKeys"])))


@service.operation("ListServerCertificateTags", needs={"iam:ListServerCertificateTags": _existing}, context=_of_present)
def list_server_certificate_tags(call: Call, request: shapes.ListServerCertificateTagsRequestTypeDef) -> Answer:
    """List a certificate's tags."""
    return page_of_tags(call, request, _find(call, request).tags)
