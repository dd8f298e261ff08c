"""Grant tokens: what CreateGrant answers beside the grant's id, and RetireGrant takes in its place.

A grant holds from the moment it is given, so that a token adds no permission; a text that is none is refused all the same.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import TYPE_CHECKING

from garrison import codec
from garrison.errors import ApiError
from garrison.services.kms.resources import Grant
from garrison.store import SealBroken

if TYPE_CHECKING:
    from garrison.services.call import Call

_PURPOSE = b"kms/grant-token/1"


def grant_token(call: Call, grant: Grant) -> str:
    """A token of a grant, another each time; any of them will do."""
    place = codec.encode([grant.account, grant.region, grant.key_id, grant.id])
    return base64.urlsafe_b64encode(call.parts.root_key.seal(place, _PURPOSE)).decode().rstrip("=")


def granted_by(call: Call, token: str) -> Grant:
    """The grant of a token; InvalidGrantTokenException where there is none, or not any more."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        account, region, key_id, grant_id = codec.decode(call.parts.root_key.open(sealed, _PURPOSE))
    except (binascii.Error, ValueError, SealBroken):
        raise _invalid() from None
    grant = call.unit.get(Grant, key_id, grant_id, account=account, region=region)
    if grant is None or region != call.region:
        raise _invalid()
    return grant


def check_grant_tokens(call: Call, tokens: Iterable[str]) -> None:
    """Refuse what is no token of a grant that stands."""
    for token in tokens:
        granted_by(call, token)


def _invalid() -> ApiError:
    return ApiError("InvalidGrantTokenException", "The grant token is not valid.")
