"""What uses of a key are refused with; nothing here tells a wrong key from a changed ciphertext.

KMS API reference, the errors of each operation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from garrison.crypto import KeyStoreAway, NotAuthentic, NotOffered, WrongUse
from garrison.errors import ApiError
from garrison.services.kms.failures import unsupported

if TYPE_CHECKING:
    from garrison.services.kms.resources import Key


def wrong_usage(key: Key, operation: str) -> ApiError:
    """The key was made for something else."""
    return ApiError(
        "InvalidKeyUsageException", f"{key.arn} key usage is {key.usage} which is not valid for {operation}."
    )


def incompatible(key: Key, algorithm: str) -> ApiError:
    """The algorithm is none of the key's."""
    return ApiError("InvalidKeyUsageException", f"Algorithm {algorithm} and key spec {key.spec} are incompatible.")


def invalid_ciphertext() -> ApiError:
    """Whatever is wrong with a ciphertext, its context or its key."""
    return ApiError("InvalidCiphertextException", "The ciphertext or the encryption context is invalid.")


def incorrect_key() -> ApiError:
    """The named key is not the one that the ciphertext was made by."""
    message = "The key ID in the request does not identify a CMK that can perform this operation."
    return ApiError("IncorrectKeyException", message)


def not_for_recipients() -> ApiError:
    """There are no Nitro enclaves here, and nothing to prove one by."""
    message = "Recipient is not supported: attestation documents of Nitro enclaves and NitroTPM are not verified here."
    return unsupported(message)


def dry_run() -> ApiError:
    """How a dry run ends that would have succeeded."""
    message = "The request would have succeeded, but the DryRun option is set."
    return ApiError("DryRunOperationException", message)


@contextmanager
def used(key: Key, algorithm: str, operation: str) -> Iterator[None]:
    """Do something with a key; what its store refuses is told as KMS tells it."""
    try:
        yield
    except NotAuthentic:
        raise invalid_ciphertext() from None
    except WrongUse:
        raise incompatible(key, algorithm) from None
    except NotOffered as lacking:
        raise unsupported(str(lacking)) from None
    except KeyStoreAway:
        message = f"{key.arn} is not available: its key store does not answer {operation}."
        raise ApiError("KeyUnavailableException", message) from None
