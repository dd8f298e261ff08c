"""Open an encoded authorization message for those who may see why a call was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.sts.denials import decode_denial
from garrison.services.sts.limits import refuse_restricted_session
from garrison.services.sts.service import service

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import DecodeAuthorizationMessageRequestTypeDef

    from garrison.services.call import Call


@service.operation("DecodeAuthorizationMessage", needs={"sts:DecodeAuthorizationMessage": "*"})
def decode_authorization_message(call: Call, request: DecodeAuthorizationMessageRequestTypeDef) -> dict[str, str]:
    """The details of a refused call of this account as a JSON text."""
    refuse_restricted_session(call)
    return {"DecodedMessage": decode_denial(call.parts.root_key, call.account, request["EncodedMessage"], call.at)}
