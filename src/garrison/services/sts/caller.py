"""Say who calls, and which account an access key belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.errors import ApiError
from garrison.identifiers import account_of_access_key
from garrison.services.sts.limits import refuse_restricted_session
from garrison.services.sts.service import service

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import GetAccessKeyInfoRequestTypeDef

    from garrison.services.call import Call


@service.operation("GetCallerIdentity", needs={})
def get_caller_identity(call: Call, request: object) -> dict[str, str]:
    """Who the caller is. It needs no permission and no policy can deny it."""
    caller = call.principal
    return {"UserId": caller.principal_id, "Account": caller.account, "Arn": caller.arn}


@service.operation("GetAccessKeyInfo", needs={"sts:GetAccessKeyInfo": "*"})
def get_access_key_info(call: Call, request: GetAccessKeyInfoRequestTypeDef) -> dict[str, str]:
    """The account of an access key, read from the key id itself: the key may be inactive or gone."""
    refuse_restricted_session(call)
    account = account_of_access_key(request["AccessKeyId"])
    if account is None:
        raise ApiError("ValidationError", f"Access key ID {request['AccessKeyId']} is not valid.")
    return {"Account": account}
