"""Shape what the credential-giving operations have in common: `Credentials` and the size of the token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.sts.sessions import LARGEST_TOKEN, issue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from garrison.services.call import Call
    from garrison.services.identity import Session


def with_credentials(call: Call, account: str, session: Session, request: Mapping[str, Any]) -> dict[str, Any]:
    """Fresh credentials for the session, and what share of the largest token theirs is."""
    credentials = issue(
        call.parts.root_key, account, session, smallest_token=request.get("MinimumSessionTokenSize") or 0
    )
    size = len(credentials.token)
    return {
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret.reveal(),
            "SessionToken": credentials.token,
            "Expiration": credentials.expires_at,
        },
        "SessionTokenSize": size,
        "SessionTokenUtilization": -(-size * 100 // LARGEST_TOKEN),
    }
