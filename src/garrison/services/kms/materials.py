"""Key material as keys have it: made or taken outside of any transaction, kept sealed, destroyed for good."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from garrison.crypto import BadMaterial, KeySpec, KeyStoreAway, NewMaterial, NotOffered, spec_of
from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.kms.failures import unsupported
from garrison.services.kms.resources import Key, Material
from garrison.services.kms.stores import key_store_of
from garrison.store import SecretDestroyed

if TYPE_CHECKING:
    from garrison.services.call import Call, Parts
    from garrison.store import Unit


_log = get_logger(__name__)


def spec_of_key(key: Key) -> KeySpec:
    """The kind of a key."""
    spec = spec_of(key.spec)
    assert spec is not None
    return spec


def new_material(parts: Parts, key: Key) -> NewMaterial:
    """Fresh material in the key's store. It may take a second, or a network: never within a transaction."""
    with _asked():
        return key_store_of(parts, key).generate(spec_of_key(key))


def prepare_material(call: Call, key: Key) -> NewMaterial:
    """The same for a call, which destroys it again where it is refused in the end."""
    made = new_material(call.parts, key)
    call.after_refusal.append(lambda: forget_kept(call.parts, key, made.kept))
    return made


def take_material(call: Call, key: Key, material: bytes) -> NewMaterial:
    """Put material that came from elsewhere into a key's store; IncorrectKeyMaterialException for what is none of its kind.

    The store destroys it again where the call is refused in the end.
    """
    with _asked():
        taken = key_store_of(call.parts, key).take(spec_of_key(key), material)
    call.after_refusal.append(lambda: forget_kept(call.parts, key, taken.kept))
    return taken


def keep_material(
    unit: Unit, key: Key, number: int, made: NewMaterial, at: datetime, rotation: str | None = None
) -> Material:
    """Keep material that was made here as a key's, sealed."""
    return unit.add(
        Material(
            account=key.account,
            region=key.region,
            key_id=key.id,
            number=number,
            material_id=secrets.token_hex(32),
            made_at=at,
            sealed=unit.seal(made.kept),
            public_key=made.public_key,
            rotation=rotation,
            rotated_at=at if rotation is not None else None,
        )
    )


def materials_of(unit: Unit, key: Key) -> list[Material]:
    """All materials of a key, the oldest first; a key has few."""
    found: list[Material] = []
    number = 0
    while (material := unit.get(Material, key.id, number, account=key.account, region=key.region)) is not None:
        found.append(material)
        number += 1
    return found


def current_material(unit: Unit, key: Key) -> Material | None:
    """The material in use, or that is to be imported again before the key can be used."""
    if key.current is not None:
        return unit.get(Material, key.id, key.current, account=key.account, region=key.region)
    own = [material for material in materials_of(unit, key) if not material.is_pending]
    return own[-1] if own else None


def current_number(unit: Unit, key: Key) -> int | None:
    """The number of the material to use: none while any that the key has used is not there."""
    own = [material for material in materials_of(unit, key) if not material.is_pending]
    return own[-1].number if own and all(material.sealed is not None for material in own) else None


def release_material(parts: Parts, unit: Unit, key: Key, material: Material) -> None:
    """Have the key's store destroy what it holds of a material; what is sealed of it is to be destroyed next.

    DependencyTimeoutException where the store is away; a custom key store's cluster may be gone for good, and holds up nothing.
    """
    if material.sealed is None:
        return
    try:
        kept = unit.unseal(material.sealed)
    except SecretDestroyed:
        return
    if key.key_store is not None:
        forget_kept(parts, key, kept)
        return
    with _asked():
        key_store_of(parts, key).destroy(kept)


def destroy_material(unit: Unit, material: Material) -> None:
    """Destroy what is sealed of a material: no backup of items and no old version brings it back."""
    if material.sealed is not None:
        unit.destroy(material.sealed)


def forget_kept(parts: Parts, key: Key, kept: bytes) -> None:
    """Have the key's store destroy what it holds; one that is away keeps it, and it serves nobody."""
    try:
        key_store_of(parts, key).destroy(kept)
    except (KeyStoreAway, ApiError):
        return


@contextmanager
def _asked() -> Iterator[None]:
    try:
        yield
    except KeyStoreAway as away:
        _log.warning("key_store_away", cause=str(away))
        raise ApiError(
            "DependencyTimeoutException", "The key store does not answer. You can retry the request."
        ) from away
    except NotOffered as lacking:
        raise unsupported(str(lacking)) from lacking
    except BadMaterial as bad:
        raise ApiError("IncorrectKeyMaterialException", str(bad)) from bad
