"""The operations that are forwarded, declared like every other: what they need, and that they are done elsewhere before they are told.

A change goes like this: decided; its intent written down and synced; sent once; then its event, with the outcome, and the end of the
intent are one transaction. Where a crash comes in between, the intent becomes the event, and says that the outcome is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.forwarding.intents import end_intent, write_intent
from garrison.services.forwarding.rules import (
    arn_of,
    arns,
    condition_values,
    given_tags,
    kind_of,
    passed_roles,
    resources_of,
    rules_of,
    unsupplied_keys,
)
from garrison.services.registry import Operation, Resources
from garrison.wire import load_service

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.forwarding.upstreams import UpstreamClient


def forwarded_operations(service: str, upstream: UpstreamClient) -> dict[str, Operation]:
    """Every operation of a service that may be forwarded, by name."""
    declared = {}
    for name in load_service(service).operations:
        resources = resources_of(service, name)
        if resources is not None:
            declared[name] = _Forwarding(service, name, resources, upstream).operation()
    return declared


class _Forwarding:
    """One operation on its way to an upstream."""

    def __init__(self, service: str, name: str, resources: Mapping[str, list[str]], upstream: UpstreamClient) -> None:
        self._service = service
        self._name = name
        self._resources = resources
        self._upstream = upstream
        self._is_read_only = name.startswith(("Describe", "Get", "List"))

    def operation(self) -> Operation:
        """It, as the gateway has it."""
        service, name = self._service, self._name
        return Operation(
            name=name,
            handler=self._tell,
            needs=self._needs(),
            context=partial(_context, service, name),
            resource_policy=None,
            is_read_only=self._is_read_only,
            allows_anonymous=False,
            hidden=tuple(rules_of(service)["hidden"]),
            needs_nothing=False,
            records_answer=not self._is_read_only,
            prepare=self._forward,
            is_forwarded=True,
            unsupplied=_unsupplied,
            event_name=rules_of(service).get("event_names", {}).get(name, name),
        )

    def _needs(self) -> dict[str, Resources]:
        service, name = self._service, self._name
        needs: dict[str, Resources] = {
            f"{service}:{name}": lambda call, request: arns(call, request, service, self._resources)
        }
        if not self._is_read_only:
            needs.setdefault(rules_of(service)["tagging"], self._tagged)
            needs["iam:PassRole"] = lambda call, request: passed_roles(call, request, service, name)
        return needs

    def _tagged(self, call: Call, request: Any) -> Iterator[str]:
        """What is tagged as it is made."""
        for group in request.get("TagSpecifications") or ():
            if group.get("Tags"):
                yield arn_of(call, self._service, group.get("ResourceType") or "instance", "*")
        if self._name.startswith("Create") and isinstance(given_tags(request), dict):
            yield from arns(call, request, self._service, self._resources)

    def _forward(self, call: Call, request: Any) -> None:
        """Send the call, once what is meant is on the disk; its outcome is the call's evidence."""
        if not self._is_read_only:
            write_intent(call)
        try:
            call.evidence = self._upstream.send(call, self._name, request)
        except ApiError as error:
            call.evidence = error

    def _tell(self, call: Call, request: Any) -> dict[str, Any]:
        """Answer as the upstream did; the intent ends with the transaction that keeps the event."""
        outcome = call.evidence
        call.additional_event_data["forwardedTo"] = self._upstream.place
        if not self._is_read_only:
            end_intent(call)
        if isinstance(outcome, ApiError):
            call.keeps_refusal = True
            raise outcome
        answer, upstream_request_id = outcome
        if upstream_request_id:
            call.additional_event_data["upstreamRequestId"] = upstream_request_id
        return dict(answer)


def _context(service: str, name: str, call: Call, request: Any) -> dict[str, Any]:
    return condition_values(call, request, service, name)


def _unsupplied(call: Call, request: Any, action: str, resource: str) -> frozenset[str]:
    return unsupplied_keys(action, "role" if action == "iam:PassRole" else kind_of(resource))
