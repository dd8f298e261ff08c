"""Verify the codes of MFA devices: each is good once, and guessing gets slower with every wrong one.

What was tried is operational state, changed by compare and swap in the unit of work that asks: a refused call must keep it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from garrison.services.iam.attempts import FORGOTTEN_AFTER, wait_after
from garrison.services.iam.mfa_codes import consecutive_step, matching_step, step_at

if TYPE_CHECKING:
    from garrison.services.iam.mfa_devices import VirtualMfaDevice
    from garrison.store import Unit

NAMESPACE = "mfa"
FREE_FAILURES = 3
"""How many wrong codes in a row cost nothing.

Soon after that a guess is looked at each half an hour: with three codes good at a time, one is found within a year in one case
of twenty.
"""


class Attempts(msgspec.Struct, frozen=True):
    """What was tried on a device."""

    last_step: int = -1
    """The step of the last code that was accepted: neither it nor an earlier one is accepted again."""
    failures: int = 0
    blocked_until: float = 0.0
    """Seconds since 1970."""


def accepted_by(unit: Unit, devices: Iterable[VirtualMfaDevice], code: str) -> VirtualMfaDevice | None:
    """The device whose code this is now, which was not used before; spends it, or counts a failure of every device."""
    failed: list[tuple[VirtualMfaDevice, Attempts, int]] = []
    for device in devices:
        known, version = _known(unit, device)
        if unit.at.timestamp() < known.blocked_until:
            continue
        seed = unit.unseal(device.seed)
        found = matching_step(seed, code, unit.at, drift=device.drift, after=known.last_step)
        if found is not None:
            _keep(unit, device, Attempts(last_step=found), version)
            return device
        failed.append((device, known, version))
    for device, known, version in failed:
        _keep(unit, device, _failed(unit, known), version)
    return None


def drift_of(unit: Unit, device: VirtualMfaDevice, first: str, second: str) -> int | None:
    """How many steps the device stands off, by two codes in a row; None where they are not its codes. Spends both."""
    known, version = _known(unit, device)
    if unit.at.timestamp() < known.blocked_until:
        return None
    found = consecutive_step(unit.unseal(device.seed), first, second, unit.at, after=known.last_step)
    _keep(unit, device, _failed(unit, known) if found is None else Attempts(last_step=found), version)
    return None if found is None else found - step_at(unit.at)


def forget(unit: Unit, device: VirtualMfaDevice) -> None:
    """Drop what was tried on a device that goes away."""
    unit.state_remove(NAMESPACE, device.unique_id)


def _known(unit: Unit, device: VirtualMfaDevice) -> tuple[Attempts, int]:
    entry = unit.state_get(NAMESPACE, device.unique_id)
    return (Attempts(), 0) if entry is None else (_decoder.decode(entry.value), entry.version)


def _failed(unit: Unit, known: Attempts) -> Attempts:
    failures = known.failures + 1
    wait = wait_after(failures, FREE_FAILURES)
    return replace(known, failures=failures, blocked_until=(unit.at + wait).timestamp())


def _keep(unit: Unit, device: VirtualMfaDevice, attempts: Attempts, version: int) -> None:
    expires_at = unit.at + FORGOTTEN_AFTER
    unit.state_put(NAMESPACE, device.unique_id, _encoder.encode(attempts), expires_at=expires_at, expect=version)


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Attempts)
