"""MFA devices through IAM: made with their seed shown once, given to a user by two codes in a row, and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.identifiers import unique_id
from garrison.services.iam import condition_values as values
from garrison.services.iam.holders import changed_holder, holder, holder_arn
from garrison.services.iam.mfa_attempts import drift_of, forget
from garrison.services.iam.mfa_codes import base32, new_seed, otpauth_uri, qr_png
from garrison.services.iam.mfa_devices import UNASSIGNED, VirtualMfaDevice, devices_of, find_device
from garrison.services.iam.naming import checked_path, folded
from garrison.services.iam.paging import page_of
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.resources import Account, User
from garrison.services.iam.service import service
from garrison.services.iam.tags import checked_tags, merged_tags, page_of_tags, remaining_tags, shown_tags
from garrison.services.iam.trust import by_unique_id
from garrison.services.iam.users import listed_user
from garrison.store import AlreadyExists

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]

_DEVICE_PREFIX = "AMFA"
_CODES = ("authenticationCode1", "authenticationCode2")


def _new_arn(call: Call, request: Mapping[str, Any]) -> str:
    return f"arn:aws:iam::{call.account}:mfa{request.get('Path') or '/'}{request['VirtualMFADeviceName']}"


def _new_arn_if_tagged(call: Call, request: Mapping[str, Any]) -> str | list[str]:
    return _new_arn(call, request) if request.get("Tags") else []


def _serial_number(call: Call, request: Mapping[str, Any]) -> str:
    return str(request["SerialNumber"])


def _request_tags(call: Call, request: Mapping[str, Any]) -> Answer:
    return values.request_tags(request)


def _changed_holder(call: Call, request: Mapping[str, Any]) -> str:
    return changed_holder(call, request, "MFA devices", "garrison root mfa").principal_id


def _device_of_holder(call: Call, request: Mapping[str, Any], principal_id: str) -> VirtualMfaDevice:
    device = find_device(call.unit, request["SerialNumber"])
    if device.holder != principal_id:
        raise ApiError("NoSuchEntity", "MFA Device invalid for user.")
    return device


def _invalid_code(call: Call) -> ApiError:
    call.keeps_refusal = True
    return ApiError("InvalidAuthenticationCode", "Authentication code for device is not valid.")


@service.operation(
    "CreateVirtualMFADevice",
    needs={"iam:CreateVirtualMFADevice": _new_arn, "iam:TagMFADevice": _new_arn_if_tagged},
    context=_request_tags,
    hidden=("virtualMFADevice.base32StringSeed", "virtualMFADevice.qRCodePNG"),
)
def create_virtual_mfa_device(call: Call, request: shapes.CreateVirtualMFADeviceRequestTypeDef) -> Answer:
    """Make a device that is nobody's yet; this answer is the only one that shows its seed."""
    name, path, tags = request["VirtualMFADeviceName"], checked_path(request), checked_tags(request.get("Tags"))
    check_quota("VirtualMFADevicesPerAccount", call.unit.count(VirtualMfaDevice) + 1)
    seed = new_seed()
    device = VirtualMfaDevice(
        account=call.account,
        name=name,
        folded=folded(path + name),
        path=path,
        unique_id=unique_id(_DEVICE_PREFIX),
        created_at=call.at,
        seed=call.unit.seal(seed),
        tags=tags,
    )
    try:
        call.unit.add(device)
    except AlreadyExists:
        raise ApiError("EntityAlreadyExists", "MFADevice entity at the same path and name already exists.") from None
    account = call.unit.get(Account, call.account)
    uri = otpauth_uri(seed, name, (account.alias if account is not None else None) or call.account)
    shown: Answer = {
        "SerialNumber": device.arn,
        "Base32StringSeed": base32(seed).encode(),
        "QRCodePNG": qr_png(uri),
    }
    return {"VirtualMFADevice": shown | ({"Tags": shown_tags(tags)} if tags else {})}


@service.operation("EnableMFADevice", needs={"iam:EnableMFADevice": holder_arn}, hidden=_CODES)
def enable_mfa_device(call: Call, request: shapes.EnableMFADeviceRequestTypeDef) -> None:
    """Give a device to a user who shows two of its codes in a row."""
    new_holder = _changed_holder(call, request)
    device = find_device(call.unit, request["SerialNumber"])
    if device.holder != UNASSIGNED:
        raise ApiError("EntityAlreadyExists", "MFA Device is already in use.")
    check_quota("MFADevicesPerUser", len(devices_of(call.unit, new_holder)) + 1)
    drift = drift_of(call.unit, device, request["AuthenticationCode1"], request["AuthenticationCode2"])
    if drift is None:
        raise _invalid_code(call)
    call.unit.save(replace(device, holder=new_holder, enabled_at=call.at, drift=drift))


@service.operation("ResyncMFADevice", needs={"iam:ResyncMFADevice": holder_arn}, hidden=_CODES)
def resync_mfa_device(call: Call, request: shapes.ResyncMFADeviceRequestTypeDef) -> None:
    """Learn anew from two codes in a row how far a device's clock stands off."""
    device = _device_of_holder(call, request, _changed_holder(call, request))
    drift = drift_of(call.unit, device, request["AuthenticationCode1"], request["AuthenticationCode2"])
    if drift is None:
        raise _invalid_code(call)
    call.unit.save(replace(device, drift=drift))


@service.operation("DeactivateMFADevice", needs={"iam:DeactivateMFADevice": holder_arn})
def deactivate_mfa_device(call: Call, request: shapes.DeactivateMFADeviceRequestTypeDef) -> None:
    """Take a device from its user; it stays, and may be enabled again."""
    device = _device_of_holder(call, request, _changed_holder(call, request))
    call.unit.save(replace(device, holder=UNASSIGNED, enabled_at=None, drift=0))


@service.operation("DeleteVirtualMFADevice", needs={"iam:DeleteVirtualMFADevice": _serial_number})
def delete_virtual_mfa_device(call: Call, request: shapes.DeleteVirtualMFADeviceRequestTypeDef) -> None:
    """Delete a device that is nobody's; its seed is destroyed."""
    device = find_device(call.unit, request["SerialNumber"])
    if device.holder != UNASSIGNED:
        raise ApiError("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.")
    call.unit.remove(device)
    call.unit.destroy(device.seed)
    forget(call.unit, device)


@service.operation("ListMFADevices", needs={"iam:ListMFADevices": holder_arn})
def list_mfa_devices(call: Call, request: shapes.ListMFADevicesRequestTypeDef) -> Answer:
    """List a user's devices, or the caller's own."""
    held = holder(call, request)
    return page_of(
        call,
        request,
        "MFADevices",
        devices_of(call.unit, held.principal_id),
        key=lambda device: device.folded,
        render=lambda device: held.shown | {"SerialNumber": device.arn, "EnableDate": device.enable_date},
    )


def _named_or_held_by(call: Call, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The request with the name of the user whose device it is, where it names nobody."""
    device = call.unit.by_arn(VirtualMfaDevice, request["SerialNumber"]) if not request.get("UserName") else None
    user = by_unique_id(call.unit, device.holder) if device is not None and device.account == call.account else None
    return {**request, "UserName": user.name} if isinstance(user, User) else request


def _device_holder_arn(call: Call, request: Mapping[str, Any]) -> str:
    return holder_arn(call, _named_or_held_by(call, request))


@service.operation("GetMFADevice", needs={"iam:GetMFADevice": _device_holder_arn})
def get_mfa_device(call: Call, request: shapes.GetMFADeviceRequestTypeDef) -> Answer:
    """Show a device and whose it is; with a user's name only where it is that user's."""
    held = holder(call, _named_or_held_by(call, request))
    device = _device_of_holder(call, request, held.principal_id)
    return held.shown | {"SerialNumber": device.arn, "EnableDate": device.enable_date}


@service.operation("ListVirtualMFADevices", needs={"iam:ListVirtualMFADevices": "*"})
def list_virtual_mfa_devices(call: Call, request: shapes.ListVirtualMFADevicesRequestTypeDef) -> Answer:
    """List the account's devices with their users."""
    wanted = _ASSIGNMENTS[request.get("AssignmentStatus") or "Any"]
    devices = [device for device in call.unit.page(VirtualMfaDevice) if (device.holder != UNASSIGNED) in wanted]
    return page_of(
        call,
        request,
        "VirtualMFADevices",
        devices,
        key=lambda device: device.folded,
        render=lambda device: {"SerialNumber": device.arn} | _shown_holder(call, device),
    )


_ASSIGNMENTS = {"Assigned": (True,), "Unassigned": (False,), "Any": (True, False)}


def _shown_holder(call: Call, device: VirtualMfaDevice) -> Answer:
    if device.holder == UNASSIGNED:
        return {}
    if device.holder == call.account:
        account = call.unit.get(Account, call.account)
        root: Answer = {"UserId": call.account, "Arn": f"arn:aws:iam::{call.account}:root"}
        made = {"CreateDate": account.created_at.replace(microsecond=0)} if account is not None else {}
        return {"User": root | made, "EnableDate": device.enable_date}
    user = by_unique_id(call.unit, device.holder)
    shown = {"User": listed_user(call.unit, user)} if isinstance(user, User) else {}
    return shown | {"EnableDate": device.enable_date}


@service.operation("TagMFADevice", needs={"iam:TagMFADevice": _serial_number}, context=_request_tags)
def tag_mfa_device(call: Call, request: shapes.TagMFADeviceRequestTypeDef) -> None:
    """Add tags to a device, or change them."""
    device = find_device(call.unit, request["SerialNumber"])
    call.unit.save(replace(device, tags=merged_tags(device.tags, checked_tags(request["Tags"]))))


@service.operation("UntagMFADevice", needs={"iam:UntagMFADevice": _serial_number}, context=_request_tags)
def untag_mfa_device(call: Call, request: shapes.UntagMFADeviceRequestTypeDef) -> None:
    """Remove tags from a device."""
    device = find_device(call.unit, request["SerialNumber"])
    call.unit.save(replace(device, tags=remaining_tags(device.tags, request["TagKeys"])))


@service.operation("ListMFADeviceTags", needs={"iam:ListMFADeviceTags": _serial_number})
def list_mfa_device_tags(call: Call, request: shapes.ListMFADeviceTagsRequestTypeDef) -> Answer:
    """List a device's tags."""
    return page_of_tags(call, request, find_device(call.unit, request["SerialNumber"]).tags)
