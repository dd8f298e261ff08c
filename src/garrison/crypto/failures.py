"""What can go wrong with a key; none of these shows anything of the key or the plaintext."""

from __future__ import annotations

from garrison.errors import GarrisonError


class CryptoFailure(GarrisonError):
    """Anything that a key store cannot do."""


class NotAuthentic(CryptoFailure):
    """A ciphertext, signature or MAC that this key did not make over this data."""


class WrongUse(CryptoFailure):
    """An algorithm that is not one of the key's, or data that the algorithm cannot take."""


class BadMaterial(CryptoFailure):
    """Key material that is not of the specification it was given for."""


class KeyStoreAway(CryptoFailure):
    """A key store that does not answer: a token that was pulled, an HSM that is down, a session that cannot be had."""


class NotOffered(CryptoFailure):
    """What the key store cannot do at all: a kind of key or an algorithm that its module does not have. Asking again does not help."""
