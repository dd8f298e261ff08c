"""The tokens behind HSMs: those that the settings name, or SoftHSM's, made and cloned on demand."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.crypto import CryptoFailure, KeyStoreAway
from garrison.crypto.pins import pin_of
from garrison.services.cloudhsmv2.failures import failed
from garrison.services.cloudhsmv2.naming import hsms_of

if TYPE_CHECKING:
    from garrison.crypto.pkcs11 import Pkcs11KeyStore, TokenPlace
    from garrison.crypto.pkcs11.softhsm import SoftHsmFolder
    from garrison.services.cloudhsmv2.resources import Cluster
    from garrison.settings import Settings
    from garrison.store import Unit

FOLDER = "hsm"
"""The folder of the home with SoftHSM's tokens and with backups."""


@contextmanager
def answered() -> Iterator[None]:
    """Tell a caller what a token could not do: it is no secret, and only the operator can help."""
    try:
        yield
    except CryptoFailure as failure:
        raise failed(str(failure)) from failure


def check_configured(settings: Settings) -> None:
    """CloudHsmServiceException where the settings name no tokens."""
    if not settings.cloudhsm.module or not (settings.cloudhsm.softhsm or settings.cloudhsm.tokens):
        raise failed("The settings name no tokens for HSMs: see cloudhsm in docs/settings.md.")


def softhsm_of(settings: Settings) -> SoftHsmFolder:
    """The folder of SoftHSM's tokens; raises `KeyStoreAway`."""
    from garrison.crypto.pkcs11.softhsm import SoftHsmFolder

    return SoftHsmFolder(settings.cloudhsm.module, settings.home_path / FOLDER)


def backup_folder(settings: Settings, backup: str) -> Path:
    """Where a backup lies."""
    return settings.home_path / FOLDER / "backups" / backup


def password_of(settings: Settings, label: str) -> str:
    """The PIN of a token, which is the password of `kmsuser` in its cluster; raises `KeyStoreAway`."""
    chosen = settings.cloudhsm
    for token in chosen.tokens:
        if token.label == label:
            return pin_of(token.pin_file, token.pin_variable)
    if not chosen.softhsm:
        raise KeyStoreAway(f"The settings name no token {label} any more.")
    return pin_of(chosen.pin_file, chosen.pin_variable)


def place_of(settings: Settings, label: str) -> TokenPlace:
    """Where a token is; raises `KeyStoreAway`."""
    from garrison.crypto.pkcs11 import TokenPlace

    if settings.cloudhsm.softhsm:
        softhsm_of(settings)  # tells SoftHSM where its tokens are
    return TokenPlace(settings.cloudhsm.module, label, lambda: password_of(settings, label))


def store_in(settings: Settings, label: str) -> Pkcs11KeyStore:
    """The key store of one token."""
    from garrison.crypto.pkcs11 import Pkcs11KeyStore

    return Pkcs11KeyStore(place_of(settings, label))


def make_token(settings: Settings, label: str) -> None:
    """Make a token of SoftHSM; raises `KeyStoreAway`."""
    softhsm_of(settings).make(label, password_of(settings, label), secrets.token_urlsafe(24))


def labels_of(unit: Unit, cluster: Cluster) -> list[str]:
    """The tokens of a cluster's HSMs, the first first."""
    return [hsm.token for hsm in hsms_of(unit, cluster)]
