"""GenerateMac and VerifyMac: HMACs by keys that never leave; a MAC that does not hold is an error."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.crypto import KeyUsage
from garrison.errors import ApiError
from garrison.services.kms.access import needed_key
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.keyring import material_of, opened
from garrison.services.kms.materials import spec_of_key
from garrison.services.kms.usable import check_algorithm, usable
from garrison.services.kms.use_failures import Using, dry_run

if TYPE_CHECKING:
    from types_boto3_kms import type_defs as shapes

    from garrison.services.call import Call


@key_operation("GenerateMac", on=needed_key, read_only=True, hidden=("Message",))
def generate_mac(call: Call, request: shapes.GenerateMacRequestTypeDef) -> Any:
    """The whole HMAC of a message."""
    key_arn, mac = _computed(call, request)
    return {"KeyId": key_arn, "Mac": mac, "MacAlgorithm": request["MacAlgorithm"]}


@key_operation("VerifyMac", on=needed_key, read_only=True, hidden=("Message", "Mac"))
def verify_mac(call: Call, request: shapes.VerifyMacRequestTypeDef) -> Any:
    """Compare in constant time."""
    key_arn, mac = _computed(call, request)
    given: bytes = request["Mac"]  # type: ignore[assignment]
    if not hmac.compare_digest(mac, given):
        raise ApiError("KMSInvalidMacException", "The MAC is invalid.")
    return {"KeyId": key_arn, "MacValid": True, "MacAlgorithm": request["MacAlgorithm"]}


def _computed(call: Call, request: Mapping[str, Any]) -> tuple[str, bytes]:
    """The key's ARN and the MAC, unless it is a dry run."""
    key = usable(call, request["KeyId"], KeyUsage.GENERATE_VERIFY_MAC)
    algorithm = check_algorithm(key, request["MacAlgorithm"], spec_of_key(key).mac)
    material = material_of(call, key)
    if request.get("DryRun"):
        raise dry_run()
    with Using(key, algorithm):
        return key.arn, opened(call, key, material).mac(request["Message"], algorithm)
