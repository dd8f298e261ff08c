"""The keys that sign digests: one is in force at a time, its private half sealed, its public half there for good.

Source: CloudTrail API reference, ListPublicKeys.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import msgspec

from garrison.store import Resource
from garrison.trails import SoftwareSigner, fingerprint_of, new_private_key

if TYPE_CHECKING:
    from garrison.store import Store, Unit
    from garrison.trails import DigestSigner

LIFETIME = timedelta(days=365)
"""After which the next key takes over."""
KEPT = timedelta(days=30)
"""How long the private half is kept after that, for the digests of hours that were missed; then it is destroyed."""


class DigestKey(Resource, frozen=True, kw_only=True):
    """A key pair for digests."""

    resource_type: ClassVar[str] = "Garrison::CloudTrail::DigestKey"
    is_global: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("valid_from", "fingerprint")

    fingerprint: str
    valid_from: str
    """When its first digest begins, ISO 8601 in UTC, so that keys sort by it."""
    valid_until: str
    public_key: bytes
    """PKCS#1 in DER."""
    sealed_key: str | None
    """The reference of the sealed private key (PKCS#8 in DER); None where it is destroyed."""

    @property
    def arn(self) -> str:
        """Not an ARN of AWS's: nothing there refers to these keys by one."""
        return f"arn:aws:cloudtrail::{self.account}:digest-key/{self.fingerprint}"


def keys_between(unit: Unit, start: datetime, end: datetime, also_of: str | None = None) -> list[DigestKey]:
    """The account's keys (and another one's) whose validity has a part in a time range, the oldest first."""
    first, last = _text(start), _text(end)
    keys = [*unit.page(DigestKey), *(unit.page(DigestKey, account=also_of) if also_of is not None else ())]
    valid = [key for key in keys if key.valid_from <= last and key.valid_until >= first]
    return sorted(valid, key=lambda key: (key.valid_from, key.fingerprint))


def signer_at(store: Store, account: str, region: str, start: datetime, end: datetime) -> DigestSigner:
    """The signer of a digest of this period: always the same one, also where it is made long after."""
    with store.reading(account, region) as unit:
        key = _in_force(unit, end)
        if key is not None and key.sealed_key is not None:
            return SoftwareSigner(unit.unseal(key.sealed_key))
    private_key = new_private_key()  # outside the transaction: it takes its time
    with store.writing(account, region) as unit:
        key = _in_force(unit, end)
        if key is not None and key.sealed_key is not None:  # another came first
            return SoftwareSigner(unit.unseal(key.sealed_key))
        _add_key(unit, private_key, start)
    return SoftwareSigner(private_key)


def rotate(unit: Unit, private_key: bytes, at: datetime) -> tuple[DigestKey, DigestKey] | None:
    """Have another key sign from now on, and end the validity of the present one: both; None where there is none yet.

    Digests of hours that ended before are signed by the key of their time, also where they are made later.
    """
    keys = unit.page(DigestKey)
    if not keys:
        return None
    before = keys[-1]
    last = max(at, datetime.fromisoformat(before.valid_from))  # not before it: there may be two within a second
    if before.valid_until > _text(last):
        before = unit.save(msgspec.structs.replace(before, valid_until=_text(last)))
    return before, _add_key(unit, private_key, last + timedelta(seconds=1))


def destroy_retired(unit: Unit, at: datetime) -> None:
    """Destroy the private halves of the keys that were followed by others long enough ago."""
    for key in unit.page(DigestKey):
        if key.sealed_key is not None and key.valid_until < _text(at - KEPT):
            unit.destroy(key.sealed_key)
            unit.save(msgspec.structs.replace(key, sealed_key=None))


def _in_force(unit: Unit, end: datetime) -> DigestKey | None:
    at = _text(end)
    valid = [key for key in unit.page(DigestKey) if key.valid_from <= at <= key.valid_until]
    return valid[-1] if valid else None


def _add_key(unit: Unit, private_key: bytes, start: datetime) -> DigestKey:
    public_key = SoftwareSigner(private_key).public_key
    added = unit.add(
        DigestKey(
            account=unit.account,
            fingerprint=fingerprint_of(public_key),
            valid_from=_text(start),
            valid_until=_text(start + LIFETIME),
            public_key=public_key,
            sealed_key=unit.seal(private_key),
        )
    )
    destroy_retired(unit, start)
    return added


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
