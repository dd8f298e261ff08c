"""Virtual MFA devices as IAM keeps them, whose they are, and how they are found."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from garrison.errors import ApiError
from garrison.services.iam.resources import IamResource

if TYPE_CHECKING:
    from garrison.store import Unit

UNASSIGNED = ""
"""The holder of a device that is nobody's."""


class VirtualMfaDevice(IamResource, frozen=True, kw_only=True):
    """A virtual MFA device: a seed that an authenticator app shares with the account."""

    resource_type: ClassVar[str] = "AWS::IAM::VirtualMFADevice"
    kind: ClassVar[str] = "mfa"
    indexed: ClassVar[tuple[str, ...]] = ("holder",)

    seed: str
    """Reference to the sealed seed."""
    holder: str = UNASSIGNED
    """The unique id of its user, or the account id where it is root's: a rename does not touch it."""
    enabled_at: datetime | None = None
    drift: int = 0
    """How many steps of 30 seconds the device's clock was ahead when it was last synchronised."""

    @property
    def enable_date(self) -> datetime | None:
        """When it was given to its holder as IAM shows it: to the second."""
        return self.enabled_at.replace(microsecond=0) if self.enabled_at is not None else None


def devices_of(unit: Unit, holder: str) -> list[VirtualMfaDevice]:
    """The devices of a user (by its unique id) or of root (by the account id), in the order in which they were enabled."""
    devices = unit.page(VirtualMfaDevice, where={"holder": holder})
    return sorted(devices, key=lambda device: (device.enabled_at or device.created_at, device.folded))


def device_of(unit: Unit, holder: str, serial_number: str) -> VirtualMfaDevice | None:
    """The device of this serial number where it is this holder's."""
    device = unit.by_arn(VirtualMfaDevice, serial_number)
    return device if device is not None and device.holder == holder else None


def find_device(unit: Unit, serial_number: str) -> VirtualMfaDevice:
    """The device of a serial number, which is its ARN; NoSuchEntity where there is none in this account."""
    device = unit.by_arn(VirtualMfaDevice, serial_number)
    if device is None or device.account != unit.account:
        raise ApiError("NoSuchEntity", f"VirtualMFADevice with serial number {serial_number} doesn't exist.")
    return device
