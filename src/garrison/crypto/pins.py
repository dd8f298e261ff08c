"""The PINs of tokens: read when a session is opened, from a file of its owner's or from the environment."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from garrison.crypto.failures import KeyStoreAway

_MOST_BYTES = 1024


def pin_of(file: str, variable: str) -> str:
    """The PIN; raises `KeyStoreAway`, which tells the operator in the log what is wrong."""
    if variable:
        pin = os.environ.get(variable, "")
        if not pin:
            raise KeyStoreAway(f"The variable {variable} holds no PIN.")
        return pin
    if not file:
        raise KeyStoreAway("The settings name no PIN for the token.")
    try:
        with Path(file).open("rb") as opened:
            if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077:
                raise KeyStoreAway(f"The PIN in {file} can be read by others: run chmod 600.")
            return opened.read(_MOST_BYTES).decode().strip()
    except (OSError, UnicodeDecodeError):
        raise KeyStoreAway(f"The PIN cannot be read from {file}.") from None
