"""Open a home's root key: from its file or the environment, in clear or wrapped by a key of a token that never leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from garrison.crypto import SPECS, CryptoFailure, KeyStore, NotAuthentic
from garrison.errors import OperatorError
from garrison.runtime.home import Home
from garrison.settings import Settings
from garrison.store import RootKey, Wrapping

_WRAPPING = SPECS["SYMMETRIC_DEFAULT"]
_AAD = b"garrison/root-key"


def open_root_key(settings: Settings) -> RootKey:
    """The root key; raises `OperatorError`, and changes nothing, where it is missing, was changed, or its token is away."""
    wrapping = wrapping_of(settings)
    if settings.root_key_variable:
        return RootKey.from_environment(settings.root_key_variable, wrapping)
    return RootKey.from_file(Home(settings.home_path).root_key_file, wrapping)


def wrapping_of(settings: Settings) -> Wrapping | None:
    """What wraps the root key; None where the settings name no token for it."""
    token = settings.root_key_token
    if not token.module:
        return None
    from garrison.crypto.pins import pin_of
    from garrison.crypto.pkcs11 import Pkcs11KeyStore, TokenPlace

    place = TokenPlace(token.module, token.token, lambda: pin_of(token.pin_file, token.pin_variable))
    with _clearly(token.token):
        return TokenWrapping(Pkcs11KeyStore(place), token.token)


class TokenWrapping:
    """Wraps root keys by one key of a token, made at the first time; the wrapped form says which."""

    __slots__ = ("_kept", "_store", "_token")

    def __init__(self, store: KeyStore, token: str) -> None:
        """`token` is its label, for the operator."""
        self._store = store
        self._token = token
        self._kept: bytes | None = None

    def wrap(self, material: bytes) -> bytes:
        """Wrap by the key that the last one was unwrapped by: older copies of the file stay good."""
        with _clearly(self._token):
            if self._kept is None:
                self._kept = self._store.generate(_WRAPPING).kept
            sealed = self._store.open(_WRAPPING, self._kept).encrypt(material, _AAD)
        return bytes([len(self._kept)]) + self._kept + sealed

    def unwrap(self, wrapped: bytes) -> bytes:
        """The root key again."""
        end = 1 + (wrapped[0] if wrapped else 0)
        with _clearly(self._token):
            material = self._store.open(_WRAPPING, wrapped[1:end]).decrypt(wrapped[end:], _AAD)
        self._kept = wrapped[1:end]
        return material


@contextmanager
def _clearly(token: str) -> Iterator[None]:
    try:
        yield
    except NotAuthentic:
        raise OperatorError(
            f"The root key was changed since the token {token} wrapped it.",
            "Put it back from its backup; nothing was changed.",
        ) from None
    except CryptoFailure as error:
        raise OperatorError(
            f"The token {token} cannot be used for the root key: {str(error).rstrip('.')}.",
            "Bring it back as it was, then start again; nothing was changed.",
        ) from None
