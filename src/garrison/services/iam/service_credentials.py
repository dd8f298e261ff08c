"""Credentials of users for one service alone, as for Git over HTTPS or Keyspaces: made, listed, reset, deleted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from garrison.arn import iam_arn
from garrison.errors import ApiError
from garrison.identifiers import unique_id
from garrison.services.iam import condition_values as values
from garrison.services.iam.arns import existing_user, user_or_caller
from garrison.services.iam.naming import find_user, user_name
from garrison.services.iam.paging import page_of
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.resources import User
from garrison.services.iam.service import service
from garrison.services.iam.trust import by_unique_id
from garrison.store import Resource

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call
    from garrison.store import Unit

Answer = dict[str, Any]

ID_PREFIX = "ACCA"
API_KEYS = frozenset({"bedrock.amazonaws.com"})
"""Services whose credentials are API keys: an alias and a secret, which may end by themselves."""
SERVICES = API_KEYS | {"codecommit.amazonaws.com", "cassandra.amazonaws.com"}


class ServiceCredential(Resource, frozen=True, kw_only=True):
    """A user's credential for one service."""

    resource_type: ClassVar[str] = "AWS::IAM::ServiceSpecificCredential"
    identity: ClassVar[tuple[str, ...]] = ("credential_id",)
    indexed: ClassVar[tuple[str, ...]] = ("holder",)
    is_global: ClassVar[bool] = True

    credential_id: str
    holder: str
    """The unique id of its user."""
    service_name: str
    service_user_name: str
    """What the service knows its holder by; for an API key its alias."""
    password: str
    """Reference to the sealed password or API key."""
    is_active: bool = True
    created_at: datetime
    expires_at: datetime | None = None

    @property
    def arn(self) -> str:
        """Such credentials have no ARN of their own in AWS; this one is Garrison's."""
        return iam_arn(self.account, "service-specific-credential", "/", self.credential_id)


def service_credentials_of(unit: Unit, holder: str) -> list[ServiceCredential]:
    """A user's credentials for single services."""
    return unit.page(ServiceCredential, where={"holder": holder})


def _shown(call: Call, user: User, credential: ServiceCredential) -> Answer:
    has_ended = credential.expires_at is not None and credential.expires_at <= call.at
    is_key = credential.service_name in API_KEYS
    shown: Answer = {
        "UserName": user.name,
        "ServiceName": credential.service_name,
        "ServiceSpecificCredentialId": credential.credential_id,
        "ServiceCredentialAlias" if is_key else "ServiceUserName": credential.service_user_name,
        "Status": "Expired" if has_ended else "Active" if credential.is_active else "Inactive",
        "CreateDate": credential.created_at.replace(microsecond=0),
    }
    if credential.expires_at is not None:
        shown["ExpirationDate"] = credential.expires_at.replace(microsecond=0)
    return shown


def _with_secret(call: Call, user: User, credential: ServiceCredential, password: str) -> Answer:
    member = "ServiceCredentialSecret" if credential.service_name in API_KEYS else "ServicePassword"
    return {"ServiceSpecificCredential": _shown(call, user, credential) | {member: password}}


def _check_service(name: str) -> None:
    if name not in SERVICES:
        raise ApiError("NotSupportedService", f"No such service {name} is supported for Service Specific Credentials")


def _of_new(call: Call, request: Mapping[str, Any]) -> Answer:
    known: Answer = {"iam:ServiceSpecificCredentialServiceName": request["ServiceName"]}
    days = request.get("CredentialAgeDays")
    return values.of_user(call, request) | known | ({"iam:ServiceSpecificCredentialAgeDays": days} if days else {})


def _of_present(call: Call, request: Mapping[str, Any]) -> Answer:
    found = call.unit.get(ServiceCredential, request["ServiceSpecificCredentialId"])
    known = {"iam:ServiceSpecificCredentialServiceName": found.service_name} if found is not None else {}
    return values.of_user(call, request) | known


@service.operation(
    "CreateServiceSpecificCredential",
    needs={"iam:CreateServiceSpecificCredential": existing_user},
    context=_of_new,
    hidden=("serviceSpecificCredential.servicePassword", "serviceSpecificCredential.serviceCredentialSecret"),
)
def create_service_specific_credential(
    call: Call, request: shapes.CreateServiceSpecificCredentialRequestTypeDef
) -> Answer:
    """Make a credential for one service; this answer is the only one that shows its password."""
    user, name = find_user(call, request["UserName"]), request["ServiceName"]
    _check_service(name)
    days = request.get("CredentialAgeDays")
    if days and name not in API_KEYS:
        raise ApiError("ValidationError", f"Credentials for {name} do not end by themselves.")
    present = [each for each in service_credentials_of(call.unit, user.unique_id) if each.service_name == name]
    check_quota("ServiceSpecificCredentialsPerUser", len(present) + 1)
    password = _password()
    credential = ServiceCredential(
        account=call.account,
        credential_id=unique_id(ID_PREFIX),
        holder=user.unique_id,
        service_name=name,
        service_user_name=_free_name(user, present),
        password=call.unit.seal(password.encode()),
        created_at=call.at,
        expires_at=call.at + timedelta(days=days) if days else None,
    )
    call.unit.add(credential)
    return _with_secret(call, user, credential, password)


def _free_name(user: User, present: list[ServiceCredential]) -> str:
    """`alice-at-123456789012`, with `+1` where that is taken, as AWS names them."""
    taken = {each.service_user_name for each in present}
    first = f"{user.name}-at-{user.account}"
    names = (first, *(f"{user.name}+{number}-at-{user.account}" for number in range(1, len(taken) + 1)))
    return next(name for name in names if name not in taken)


def _password() -> str:
    """240 random bits as 40 characters."""
    return secrets.token_urlsafe(30)


def _listed(call: Call, request: Mapping[str, Any]) -> str:
    return iam_arn(call.account, "user", "/", "*") if request.get("AllUsers") else user_or_caller(call, request)


@service.operation(
    "ListServiceSpecificCredentials",
    needs={"iam:ListServiceSpecificCredentials": _listed},
)
def list_service_specific_credentials(
    call: Call, request: shapes.ListServiceSpecificCredentialsRequestTypeDef
) -> Answer:
    """List the credentials of a user, of the caller, or of all users, for one service or all."""
    name = request.get("ServiceName")
    if name is not None:
        _check_service(name)
    if request.get("AllUsers"):
        found = call.unit.page(ServiceCredential)
    else:
        found = service_credentials_of(call.unit, find_user(call, user_name(call, request)).unique_id)
    holders = {credential.holder: by_unique_id(call.unit, credential.holder) for credential in found}
    shown = [
        (credential.credential_id, _shown(call, user, credential))
        for credential in found
        if isinstance(user := holders[credential.holder], User) and name in (None, credential.service_name)
    ]
    return page_of(
        call, request, "ServiceSpecificCredentials", shown, key=lambda pair: pair[0], render=lambda pair: pair[1]
    )


@service.operation(
    "UpdateServiceSpecificCredential",
    needs={"iam:UpdateServiceSpecificCredential": user_or_caller},
    context=_of_present,
)
def update_service_specific_credential(
    call: Call, request: shapes.UpdateServiceSpecificCredentialRequestTypeDef
) -> None:
    """Switch a credential on or off."""
    _, credential = _find(call, request)
    if request["Status"] not in ("Active", "Inactive"):
        raise ApiError("ValidationError", "The status of a credential can be set to Active or Inactive only.")
    call.unit.save(replace(credential, is_active=request["Status"] == "Active"))


@service.operation(
    "ResetServiceSpecificCredential",
    needs={"iam:ResetServiceSpecificCredential": user_or_caller},
    context=_of_present,
    hidden=("serviceSpecificCredential.servicePassword", "serviceSpecificCredential.serviceCredentialSecret"),
)
def reset_service_specific_credential(
    call: Call, request: shapes.ResetServiceSpecificCredentialRequestTypeDef
) -> Answer:
    """Give a credential a new password, shown this once; the old one is destroyed."""
    user, credential = _find(call, request)
    password = _password()
    call.unit.destroy(credential.password)
    renewed = call.unit.save(replace(credential, password=call.unit.seal(password.encode())))
    return _with_secret(call, user, renewed, password)


@service.operation(
    "DeleteServiceSpecificCredential",
    needs={"iam:DeleteServiceSpecificCredential": user_or_caller},
    context=_of_present,
)
def delete_service_specific_credential(
    call: Call, request: shapes.DeleteServiceSpecificCredentialRequestTypeDef
) -> None:
    """Delete a credential; its password is destroyed."""
    _, credential = _find(call, request)
    call.unit.remove(credential)
    call.unit.destroy(credential.password)


def _find(call: Call, request: Any) -> tuple[User, ServiceCredential]:
    user, credential_id = find_user(call, user_name(call, request)), request["ServiceSpecificCredentialId"]
    credential = call.unit.get(ServiceCredential, credential_id)
    if credential is None or credential.holder != user.unique_id:
        raise ApiError("NoSuchEntity", f"No such credential {credential_id} exists")
    return user, credential
