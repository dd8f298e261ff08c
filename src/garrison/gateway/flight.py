"""One call on its way through the gateway: what is known of it so far."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.gateway.record import record_of
from garrison.identifiers import request_id

if TYPE_CHECKING:
    from garrison.gateway.authorize import Authorization
    from garrison.gateway.callers import Caller
    from garrison.services.call import Call
    from garrison.services.registry import Operation
    from garrison.wire import Operation as WireOperation
    from garrison.wire import Service as WireService
    from garrison.wire.certificates import Presented
    from garrison.wire.http import HttpRequest


@dataclass(slots=True)
class Flight:
    """One call, filled in stage by stage: first routed, then entered (its caller is known), then decided."""

    request: HttpRequest
    at: datetime
    """When the request was whole."""
    request_id: str = field(default_factory=request_id)
    started: float = field(default_factory=time.perf_counter)
    """The process's own clock at the start, for its duration."""

    is_routed: bool = False
    wire: WireService = field(init=False)
    operation: WireOperation = field(init=False)

    certificate: Presented | None = None
    """What the caller of an operation for certificates has signed with."""

    is_entered: bool = False
    declared: Operation = field(init=False)
    call: Call = field(init=False)

    parameters: dict[str, Any] | None = None
    caller: Caller = field(init=False)
    authorization: Authorization | None = None
    once: str | None = None
    """The name under which a call from inside is made once (`garrison.gateway.once`)."""
    keeps_answer: bool = False
    """Whether its answer is kept under that name."""
    is_recorded: bool = False
    """Whether its event is durable already."""

    @property
    def is_proving(self) -> bool:
        """Whether it brings a proof beyond its credential."""
        proof = self.declared.proof
        return proof is not None and proof.is_given(self.parameters)

    @property
    def changes(self) -> bool:
        """Whether it needs a transaction of its own."""
        return not (self.declared.is_read_only or self.declared.is_stored_apart) or self.is_proving

    @property
    def takes_long(self) -> bool:
        """Whether it may wait for the network before its transaction, reads very much, or writes files of its own."""
        declared, is_long = self.declared, self.declared.is_long
        may_wait = is_long if isinstance(is_long, bool) else is_long(self.call.parts.settings)
        return declared.prepare is not None or may_wait or declared.is_stored_apart

    def prepare(self) -> None:
        """Have what it needs from elsewhere; raises `ApiError`."""
        if self.declared.prepare is not None:
            self.call.record_with = lambda error: record_of(self, None, error)
            self.declared.prepare(self.call, self.parameters)

    def prove(self) -> None:
        """Look at the proof it brings; raises `ApiError`."""
        if self.declared.proof is not None and self.is_proving:
            self.declared.proof.check(self.call, self.parameters)

    @property
    def is_refused(self) -> bool:
        """Whether the policies refused it."""
        return self.authorization is not None and self.authorization.refusal is not None


def style_of(wire: WireService) -> str:
    """How a service words its faults: its protocol, but S3 has words of its own."""
    return "s3" if wire.name == "s3" else wire.protocol
