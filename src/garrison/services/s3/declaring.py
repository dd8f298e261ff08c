"""How S3's operations are declared: each with the bucket's owner, its policy and the condition keys of its request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from garrison.services.registry import Handler, Owner, Resources
from garrison.services.s3.condition_values import context_of
from garrison.services.s3.finding import bucket_in, owner_of, policy_of
from garrison.services.s3.service import service

Register = Callable[[Handler], Handler]


def bucket_operation(name: str, action: str, *, owner: Owner = owner_of, **more: Any) -> Register:
    """An operation on a bucket that needs one action on it."""
    return service.operation(
        name,
        needs={f"s3:{action}": bucket_in},
        owner=owner,
        resource_policy=policy_of,
        context=context_of,
        anonymous=True,
        **more,
    )


def object_operation(name: str, needs: Mapping[str, Resources], **more: Any) -> Register:
    """An operation on objects: its event is a data event, and the bytes it carries are not in it."""
    return service.operation(
        name,
        needs=needs,
        owner=owner_of,
        resource_policy=policy_of,
        context=context_of,
        anonymous=True,
        data_event=True,
        hidden=("Body",),
        **more,
    )
