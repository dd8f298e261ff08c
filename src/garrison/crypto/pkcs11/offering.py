"""What a module does not have is said clearly, and never done in software instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from garrison.crypto.failures import KeyStoreAway, NotOffered
from garrison.crypto.pkcs11.module import describe


@contextmanager
def offered(what: str) -> Iterator[None]:
    """Say `NotOffered` where the module answers that it does not have something."""
    from pkcs11 import exceptions as e

    lacks = (
        e.ArgumentsBad,
        e.AttributeReadOnly,
        e.AttributeTypeInvalid,
        e.AttributeValueInvalid,
        e.DomainParamsInvalid,
        e.FunctionNotSupported,
        e.FunctionRejected,
        e.KeySizeRange,
        e.KeyTypeInconsistent,
        e.MechanismInvalid,
        e.MechanismParamInvalid,
        e.RandomNoRNG,
        e.TemplateIncomplete,
        e.TemplateInconsistent,
    )
    try:
        yield
    except lacks as error:
        raise NotOffered(f"The token does not offer {what}: {describe(error)}.") from None
    except e.PKCS11Error as error:
        raise KeyStoreAway(f"The token failed at {what}: {describe(error)}.") from None
