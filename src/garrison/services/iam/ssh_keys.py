"""SSH public keys of users: uploaded, shown in either encoding, switched off and on, deleted."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
    load_ssh_public_key,
)
from msgspec.structs import replace

from garrison.arn import iam_arn
from garrison.errors import ApiError
from garrison.identifiers import unique_id
from garrison.services.iam import condition_values as values
from garrison.services.iam.arns import existing_user, user_or_caller
from garrison.services.iam.naming import find_user, user_name
from garrison.services.iam.paging import page_of
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.service import service
from garrison.store import Resource

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.iam.resources import User
    from garrison.store import Unit

Answer = dict[str, Any]

ID_PREFIX = "APKA"
SMALLEST_BITS, LARGEST_BITS = 2048, 16384
"""Of an RSA key (IAM User Guide, "Use IAM with CodeCommit": `ssh-rsa`, at least 2048 bits)."""


class SshPublicKey(Resource, frozen=True, kw_only=True):
    """An SSH public key of a user."""

    resource_type: ClassVar[str] = "AWS::IAM::SSHPublicKey"
    identity: ClassVar[tuple[str, ...]] = ("key_id",)
    indexed: ClassVar[tuple[str, ...]] = ("holder",)
    is_global: ClassVar[bool] = True

    key_id: str
    holder: str
    """The unique id of its user."""
    body: str
    """In SSH's encoding, without a comment."""
    is_active: bool = True
    uploaded_at: datetime

    @property
    def arn(self) -> str:
        """Such keys have no ARN of their own in AWS; this one is Garrison's."""
        return iam_arn(self.account, "ssh-public-key", "/", self.key_id)

    @property
    def fingerprint(self) -> str:
        """The MD5 digest as SSH shows it: it tells keys apart and protects nothing."""
        digest = hashlib.md5(base64.b64decode(self.body.split()[1]), usedforsecurity=False).hexdigest()
        return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def ssh_keys_of(unit: Unit, holder: str) -> list[SshPublicKey]:
    """A user's SSH public keys."""
    return unit.page(SshPublicKey, where={"holder": holder})


def _rsa_key(body: str) -> RSAPublicKey:
    """The key that an upload holds, in either encoding."""
    raw = body.strip().encode()
    is_pem = raw.startswith(b"-----BEGIN")
    if not is_pem and not raw.startswith(b"ssh-rsa "):
        raise ApiError("UnrecognizedPublicKeyEncoding", "The public key is neither an ssh-rsa key nor a PEM key.")
    try:
        key = load_pem_public_key(raw) if is_pem else load_ssh_public_key(raw)
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error):
        raise ApiError("InvalidPublicKey", "The public key is malformed or otherwise invalid.") from None
    if not isinstance(key, RSAPublicKey) or not SMALLEST_BITS <= key.key_size <= LARGEST_BITS:
        raise ApiError("InvalidPublicKey", f"The public key must be an RSA key of at least {SMALLEST_BITS} bits.")
    return key


def _shown(user: User, key: SshPublicKey) -> Answer:
    return {
        "UserName": user.name,
        "SSHPublicKeyId": key.key_id,
        "Status": "Active" if key.is_active else "Inactive",
        "UploadDate": key.uploaded_at.replace(microsecond=0),
    }


@service.operation("UploadSSHPublicKey", needs={"iam:UploadSSHPublicKey": existing_user}, context=values.of_user)
def upload_ssh_public_key(call: Call, request: shapes.UploadSSHPublicKeyRequestTypeDef) -> Answer:
    """Keep an SSH public key for a user."""
    user = find_user(call, request["UserName"])
    public = _rsa_key(request["SSHPublicKeyBody"])
    key = SshPublicKey(
        account=call.account,
        key_id=unique_id(ID_PREFIX),
        holder=user.unique_id,
        body=public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode(),
        uploaded_at=call.at,
    )
    present = ssh_keys_of(call.unit, user.unique_id)
    if any(each.body == key.body for each in present):
        raise ApiError("DuplicateSSHPublicKey", "The SSH public key is already associated with the specified IAM user.")
    check_quota("SSHPublicKeysPerUser", len(present) + 1)
    call.unit.add(key)
    return {
        "SSHPublicKey": _shown(user, key)
        | {"Fingerprint": key.fingerprint, "SSHPublicKeyBody": request["SSHPublicKeyBody"]}
    }


@service.operation("GetSSHPublicKey", needs={"iam:GetSSHPublicKey": existing_user}, context=values.of_user)
def get_ssh_public_key(call: Call, request: shapes.GetSSHPublicKeyRequestTypeDef) -> Answer:
    """Show an SSH public key, as SSH or as PEM."""
    user = find_user(call, request["UserName"])
    key = _find(call, user, request["SSHPublicKeyId"])
    body = key.body
    if request["Encoding"] == "PEM":
        body = _rsa_key(body).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return {"SSHPublicKey": _shown(user, key) | {"Fingerprint": key.fingerprint, "SSHPublicKeyBody": body}}


@service.operation("ListSSHPublicKeys", needs={"iam:ListSSHPublicKeys": user_or_caller}, context=values.of_user)
def list_ssh_public_keys(call: Call, request: shapes.ListSSHPublicKeysRequestTypeDef) -> Answer:
    """List a user's SSH public keys, or the caller's own."""
    user = find_user(call, user_name(call, request))
    return page_of(
        call,
        request,
        "SSHPublicKeys",
        ssh_keys_of(call.unit, user.unique_id),
        key=lambda key: key.key_id,
        render=lambda key: _shown(user, key),
    )


@service.operation("UpdateSSHPublicKey", needs={"iam:UpdateSSHPublicKey": existing_user}, context=values.of_user)
def update_ssh_public_key(call: Call, request: shapes.UpdateSSHPublicKeyRequestTypeDef) -> None:
    """Switch an SSH public key on or off."""
    key = _find(call, find_user(call, request["UserName"]), request["SSHPublicKeyId"])
    if request["Status"] not in ("Active", "Inactive"):
        raise ApiError("InvalidInput", "The status of an SSH public key can be set to Active or Inactive only.")
    call.unit.save(replace(key, is_active=request["Status"] == "Active"))


@service.operation("DeleteSSHPublicKey", needs={"iam:DeleteSSHPublicKey": existing_user}, context=values.of_user)
def delete_ssh_public_key(call: Call, request: shapes.DeleteSSHPublicKeyRequestTypeDef) -> None:
    """Delete an SSH public key."""
    call.unit.remove(_find(call, find_user(call, request["UserName"]), request["SSHPublicKeyId"]))


def _find(call: Call, user: User, key_id: str) -> SshPublicKey:
    key = call.unit.get(SshPublicKey, key_id)
    if key is None or key.holder != user.unique_id:
        raise ApiError("NoSuchEntity", f"The Public Key with id {key_id} cannot be found.")
    return key
