"""Forwarding: calls that an upstream answers in Garrison's place, once Garrison knows, allows and has written down who makes them.

Only services that the settings list, only operations that this package knows the actions and resources of, only to the configured
endpoint, and with the upstream's own credentials.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.services.registry import Operation
    from garrison.setting_tables import Upstream

__all__ = ["FORWARDED", "Forwarding"]

FORWARDED = frozenset({"ec2", "lambda", "sqs"})
"""The services whose actions and resources are known here."""


class Forwarding:
    """What the upstreams of the settings answer."""

    def __init__(self, upstreams: Mapping[str, Upstream]) -> None:
        """Raises `OperatorError` for a service that cannot be forwarded."""
        self._upstreams = upstreams
        self._operations: dict[str, dict[str, Operation]] = {}
        for name in upstreams:
            if name not in FORWARDED:
                raise OperatorError(
                    f"Calls of {name} cannot be forwarded: its actions and resources are not known to this Garrison.",
                    f"Take [upstreams.{name}] out of garrison.toml; {', '.join(sorted(FORWARDED))} can be.",
                )

    def operation(self, service: str, name: str) -> Operation | None:
        """The operation as it is forwarded; None where it is not."""
        if service not in self._upstreams:
            return None
        if service not in self._operations:
            from garrison.services.forwarding.operations import forwarded_operations
            from garrison.services.forwarding.upstreams import UpstreamClient

            client = UpstreamClient(service, self._upstreams[service])
            self._operations[service] = forwarded_operations(service, client)
        return self._operations[service].get(name)

    def lacks_upstream(self, service: str, name: str) -> bool:
        """Whether an upstream would answer an operation, if the settings named one."""
        if service not in FORWARDED or service in self._upstreams:
            return False
        from garrison.services.forwarding.rules import resources_of

        return resources_of(service, name) is not None
