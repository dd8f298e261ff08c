"""The key store of a token: what is kept of a key is the id of its object, which is drawn at random."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from garrison.crypto.failures import KeyStoreAway
from garrison.crypto.key_store import NewMaterial
from garrison.crypto.pkcs11.attributes import CURVES, private_attributes, public_key_of
from garrison.crypto.pkcs11.loaded import TokenKey
from garrison.crypto.pkcs11.offering import offered
from garrison.crypto.pkcs11.sessions import TokenPlace, TokenSession, sessions_with
from garrison.crypto.specs import Family, KeySpec
from garrison.crypto.taking import checked_secret

if TYPE_CHECKING:
    from pkcs11 import Session

_ID_BYTES = 16
_KEPT = b"pkcs11\0"
"""What the kept text begins with, so that it is not taken for key material."""
_LABEL = "garrison"
_MOST_RANDOM = 1024
"""Bytes that one call of `C_GenerateRandom` is asked for."""


class Pkcs11KeyStore:
    """A `KeyStore` in one token."""

    def __init__(self, place: TokenPlace, changed: Callable[[], None] = lambda: None) -> None:
        """`changed` is called after an object was made or destroyed: what keeps copies of the token copies it then."""
        self._sessions = sessions_with(place)
        self._changed = changed

    def generate(self, spec: KeySpec) -> NewMaterial:
        """Make a key in the token, sensitive and not extractable; raises `NotOffered` and `KeyStoreAway`."""
        identifier = os.urandom(_ID_BYTES)

        def work(held: TokenSession, attempt: int) -> bytes | None:
            if attempt:
                _destroy(held.session, identifier)
            return _MAKERS[spec.family](held.session, spec, identifier)

        with offered(spec.name):
            public_key = self._sessions.run(work)
        self._changed()
        return NewMaterial(_KEPT + identifier, public_key)

    def take(self, spec: KeySpec, material: bytes) -> NewMaterial:
        """Put a key into the token that was made elsewhere; raises `BadMaterial`, and `NotOffered` where the token takes none."""
        identifier = os.urandom(_ID_BYTES)
        attributes, public_key = _attributes(spec, material)

        def work(held: TokenSession, attempt: int) -> None:
            if attempt:
                _destroy(held.session, identifier)
            held.session.create_object(attributes | _own(identifier))

        with offered(f"taking a key of {spec.name}"):
            self._sessions.run(work)
        self._changed()
        return NewMaterial(_KEPT + identifier, public_key)

    def open(self, spec: KeySpec, kept: bytes) -> TokenKey:
        """The key of an object; whether the token still holds it is seen when it is used."""
        return TokenKey(spec, _identifier(kept), self._sessions)

    def destroy(self, kept: bytes) -> None:
        """Destroy the object; one that is gone already is no error."""
        identifier = _identifier(kept)
        self._sessions.run(lambda held, _: _destroy(held.session, identifier))
        self._changed()

    def random(self, count: int) -> bytes:
        """Random bytes of the token's own generator."""

        def work(held: TokenSession, _: int) -> bytes:
            sizes = [min(_MOST_RANDOM, count - done) for done in range(0, count, _MOST_RANDOM)]
            return b"".join(held.session.generate_random(8 * size) for size in sizes)

        with offered("random bytes"):
            return self._sessions.run(work)

    def holds(self, kept: bytes) -> bool:
        """Whether the token holds the object; raises `KeyStoreAway` where the token does not answer."""
        from pkcs11 import Attribute

        identifier = _identifier(kept)
        return self._sessions.run(lambda held, _: bool(list(held.session.get_objects({Attribute.ID: identifier}))))

    def count(self) -> int:
        """How many objects of Garrison's the token holds; raises `KeyStoreAway`."""
        from pkcs11 import Attribute

        return self._sessions.run(lambda held, _: sum(1 for _ in held.session.get_objects({Attribute.LABEL: _LABEL})))


def lies_in_token(kept: bytes) -> bool:
    """Whether what was kept names an object of a token, and is not material of software."""
    return kept.startswith(_KEPT) and len(kept) == len(_KEPT) + _ID_BYTES


def _identifier(kept: bytes) -> bytes:
    if not lies_in_token(kept):
        raise KeyStoreAway("The key does not lie in a token.")
    return kept[len(_KEPT) :]


def _destroy(session: Session, identifier: bytes) -> None:
    from pkcs11 import Attribute
    from pkcs11.exceptions import ObjectHandleInvalid

    for one in list(session.get_objects({Attribute.ID: identifier})):
        with suppress(ObjectHandleInvalid):
            one.destroy()


def _own(identifier: bytes) -> dict[Any, Any]:
    from pkcs11 import Attribute as A

    return {A.ID: identifier, A.LABEL: _LABEL, A.TOKEN: True, A.PRIVATE: True} | _guarded()


def _guarded() -> dict[Any, Any]:
    from pkcs11 import Attribute as A

    return {A.SENSITIVE: True, A.EXTRACTABLE: False}


def _make_secret(session: Session, spec: KeySpec, identifier: bytes) -> None:
    from pkcs11 import KeyType, MechanismFlag

    is_aes = spec.family is Family.AES
    uses = MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT | MechanismFlag.DERIVE
    session.generate_key(
        KeyType.AES if is_aes else KeyType.GENERIC_SECRET,
        spec.bits,
        id=identifier,
        label=_LABEL,
        store=True,
        capabilities=uses if is_aes else MechanismFlag.SIGN | MechanismFlag.VERIFY,
        template=_guarded(),
    )


def _make_pair(session: Session, spec: KeySpec, identifier: bytes) -> bytes:
    """A pair whose private half stays in the token; the public one is read and then let go."""
    from pkcs11 import Attribute, KeyType, MechanismFlag

    uses = MechanismFlag.SIGN | MechanismFlag.VERIFY
    options: dict[str, Any] = {
        "id": identifier,
        "label": _LABEL,
        "store": True,
        "public_template": {Attribute.TOKEN: False},
        "private_template": _guarded(),
    }
    if spec.family is Family.RSA:
        uses |= MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT
        public, _ = session.generate_keypair(KeyType.RSA, spec.bits, capabilities=uses, **options)
    else:
        kind = KeyType.EC if spec.family is Family.ECC else KeyType.EC_EDWARDS
        if spec.family is Family.ECC:
            uses |= MechanismFlag.DERIVE
        curve = session.create_domain_parameters(kind, {Attribute.EC_PARAMS: CURVES[spec.name]}, local=True)
        public, _ = curve.generate_keypair(capabilities=uses, **options)
    encoded = public_key_of(spec, public)
    with suppress(Exception):
        public.destroy()
    return encoded


_MAKERS: dict[Family, Callable[[Any, KeySpec, bytes], bytes | None]] = {
    Family.AES: _make_secret,
    Family.HMAC: _make_secret,
    Family.RSA: _make_pair,
    Family.ECC: _make_pair,
    Family.EDWARDS: _make_pair,
}


def _attributes(spec: KeySpec, material: bytes) -> tuple[dict[Any, Any], bytes | None]:
    """The attributes of a key that was made elsewhere, and its public half."""
    from pkcs11 import Attribute as A
    from pkcs11 import KeyType, ObjectClass

    if spec.is_asymmetric:
        attributes, public_key = private_attributes(spec, material)
        uses = {A.SIGN: True} | {Family.RSA: {A.DECRYPT: True}, Family.ECC: {A.DERIVE: True}}.get(spec.family, {})
        return attributes | {A.CLASS: ObjectClass.PRIVATE_KEY} | uses, public_key
    is_aes = spec.family is Family.AES
    uses = {A.ENCRYPT: True, A.DECRYPT: True, A.DERIVE: True} if is_aes else {A.SIGN: True, A.VERIFY: True}
    kind = KeyType.AES if is_aes else KeyType.GENERIC_SECRET
    return {A.CLASS: ObjectClass.SECRET_KEY, A.KEY_TYPE: kind, A.VALUE: checked_secret(spec, material)} | uses, None
