"""Access keys. The secret is kept sealed with the stack, for `Fn::GetAtt` and nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import Work, kind
from garrison.services.iam.cloudformation.holders import GONE

key = kind(
    "AWS::IAM::AccessKey",
    "Serial Status UserName",
    required="UserName",
    create_only="Serial UserName",
    sealed="SecretAccessKey",
    gone=GONE,
    write_only="Serial",
)


@key.create
def create_key(work: Work) -> None:
    """The key, active or not."""
    answer = work.call("iam", "CreateAccessKey", UserName=work.text("UserName"))["AccessKey"]
    work.made(answer["AccessKeyId"], SecretAccessKey=answer["SecretAccessKey"])
    if work.text("Status", "Active") != "Active":
        _set_status(work)


def _set_status(work: Work) -> None:
    user, status = work.text("UserName"), work.text("Status", "Active")
    work.call("iam", "UpdateAccessKey", UserName=user, AccessKeyId=work.physical_id, Status=status)


@key.update
def update_key(work: Work) -> None:
    """Active, or no longer."""
    _set_status(work)


@key.delete
def delete_key(work: Work) -> None:
    """The key."""
    work.call("iam", "DeleteAccessKey", UserName=work.text("UserName"), AccessKeyId=work.physical_id)


@key.read
def read_key(work: Work) -> Mapping[str, Any] | None:
    """Whether it is active."""
    answer = work.call_if_there("iam", "ListAccessKeys", UserName=work.text("UserName"))
    found = answer["AccessKeyMetadata"] if answer is not None else []
    status = next((one["Status"] for one in found if one["AccessKeyId"] == work.physical_id), None)
    return {"UserName": work.text("UserName"), "Status": status} if status is not None else None
