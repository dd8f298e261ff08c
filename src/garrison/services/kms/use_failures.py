"""What uses of a key are refused with; nothing here tells a wrong key from a changed ciphertext.

KMS API reference, the errors of each operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.crypto import KeyStoreAway, NotAuthentic, NotOffered, WrongUse
from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.kms.failures import unsupported

if TYPE_CHECKING:
    from garrison.services.kms.resources import Key


_log = get_logger(__name__)


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


class Using:
    """Do something with a key (a `with` statement); what its store refuses is told as KMS tells it."""

    __slots__ = ("_algorithm", "_key")

    def __init__(self, key: Key, algorithm: str) -> None:
        self._key, self._algorithm = key, algorithm

    def __enter__(self) -> None:
        """Nothing is needed before."""

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        if problem is None:
            return
        if isinstance(problem, NotAuthentic):
            raise invalid_ciphertext() from None
        if isinstance(problem, WrongUse):
            raise incompatible(self._key, self._algorithm) from None
        if isinstance(problem, NotOffered):
            raise unsupported(str(problem)) from None
        if isinstance(problem, KeyStoreAway):
            _log.warning("key_store_away", key=self._key.arn, cause=str(problem))
            message = f"{self._key.arn} is not available: its key store does not answer."
            raise ApiError("KeyUnavailableException", message) from None
