"""How KMS's operations on a key are declared: decided by its policy and its grants, with the condition keys of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from garrison.services.kms.access import key_context, key_policy, needed_own_key
from garrison.services.kms.service import service
from garrison.services.registry import Handler, ResourceContext, Resources

if TYPE_CHECKING:
    from garrison.settings import Settings


def may_wait(settings: Settings) -> bool:
    """Whether keys may lie in a token, which may be far away and busy."""
    return settings.key_store.kind == "pkcs11" or bool(settings.cloudhsm.module)


def key_operation(
    name: str, *, on: Resources = needed_own_key, context: ResourceContext = key_context, **more: Any
) -> Callable[[Handler], Handler]:
    """An operation that needs the action of its own name on one key."""
    rules: dict[str, Any] = {"resource_policy": key_policy, "long": may_wait} | more
    return service.operation(name, needs={f"kms:{name}": on}, resource_context=context, **rules)
