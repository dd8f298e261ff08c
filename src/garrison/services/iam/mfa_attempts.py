"""Verify the codes of MFA devices: each is good once, and guessing gets slower with every wrong one.

What was tried is operational state, changed by compare and swap in the call's own transaction; a refused call keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from garrison.services.iam.mfa_codes import consecutive_step, matching_step, step_at

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.iam.mfa_devices import VirtualMfaDevice
    from garrison.store import Unit

NAMESPACE = "mfa"
FREE_FAILURES = 3
"""How many wrong codes in a row cost nothing: people mistype."""
LONGEST_WAIT = timedelta(minutes=15)
"""A guesser who tries every 15 minutes, with three codes good at a time, finds one within a year in one case of ten."""
FORGOTTEN_AFTER = timedelta(days=1)
"""When failures no longer count; a spent code is stale long before."""


_Match = Callable[[bytes, int], "int | None"]
"""Gives the step of a right code by the seed, if it is later than the last accepted one."""


class Attempts(msgspec.Struct, frozen=True):
    """What was tried on a device."""

    last_step: int = -1
    """The step of the last code that was accepted: neither it nor an earlier one is accepted again."""
    failures: int = 0
    blocked_until: float = 0.0
    """Seconds since 1970."""


def wait_after(failures: int) -> timedelta:
    """How long after this many failures in a row no code is looked at: doubled with each."""
    over = failures - FREE_FAILURES
    if over < 0:
        return timedelta()
    return min(timedelta(seconds=2.0 ** min(over, 30)), LONGEST_WAIT)


def accepts(call: Call, device: VirtualMfaDevice, code: str) -> bool:
    """Whether the code is the device's now and was not used before; spends it, or counts the failure."""

    def step(seed: bytes, after: int) -> int | None:
        return matching_step(seed, code, call.at, drift=device.drift, after=after)

    return _attempt(call, device, step) is not None


def drift_of(call: Call, device: VirtualMfaDevice, first: str, second: str) -> int | None:
    """How many steps the device stands off, by two codes in a row; None where they are not its codes. Spends both."""

    def step(seed: bytes, after: int) -> int | None:
        return consecutive_step(seed, first, second, call.at, after=after)

    found = _attempt(call, device, step)
    return None if found is None else found - step_at(call.at)


def forget(unit: Unit, device: VirtualMfaDevice) -> None:
    """Drop what was tried on a device that goes away."""
    unit.state_remove(NAMESPACE, device.unique_id)


def _attempt(call: Call, device: VirtualMfaDevice, matched: _Match) -> int | None:
    """Look at a code unless the device is blocked, and keep what came of it, whatever becomes of the call."""
    entry = call.unit.state_get(NAMESPACE, device.unique_id)
    known = _decoder.decode(entry.value) if entry is not None else Attempts()
    now = call.at.timestamp()
    if now < known.blocked_until:
        return None
    found = matched(call.unit.unseal(device.seed), known.last_step)
    if found is None:
        failures = known.failures + 1
        after = replace(known, failures=failures, blocked_until=now + wait_after(failures).total_seconds())
    else:
        after = Attempts(last_step=found)
    call.unit.state_put(
        NAMESPACE,
        device.unique_id,
        _encoder.encode(after),
        expires_at=call.at + FORGOTTEN_AFTER,
        expect=entry.version if entry is not None else 0,
    )
    call.keeps_refusal = True
    return found


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Attempts)
