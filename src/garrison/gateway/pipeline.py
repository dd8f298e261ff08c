"""The way of every call: route, authenticate, parse, authorize, carry out, record, answer."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from garrison import services
from garrison.errors import ApiError
from garrison.gateway.authenticate import Authenticator
from garrison.gateway.authorize import Authorization, authorize, refusal_error
from garrison.gateway.callers import Caller, Callers
from garrison.gateway.decisions import decision_record, encode_refusal
from garrison.gateway.record import GLOBAL_REGION, record_of_call
from garrison.identifiers import event_id, request_id
from garrison.journal import JournalUnavailable
from garrison.services.call import Call, Parts
from garrison.services.identity import Credential, Principal
from garrison.store import Conflict, StoreUnavailable
from garrison.wire import Limits, decode_content, load_service, route, serialize_error
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.sigv4 import claimed_service, read_claim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from garrison.clock import Clock
    from garrison.gateway.metrics import Metrics
    from garrison.journal import Spool
    from garrison.services.registry import Operation, Service
    from garrison.store import Unit
    from garrison.wire import Operation as WireOperation
    from garrison.wire import Service as WireService

_MOST_ATTEMPTS = 8
"""How often a change is tried again when another writer came first."""

log = structlog.get_logger("garrison.gateway")


@dataclass(slots=True)
class Flight:
    """One call on its way."""

    request: HttpRequest
    request_id: str
    at: datetime
    started: float
    wire: WireService | None = None
    operation: WireOperation | None = None
    declared: Operation | None = None
    parameters: dict[str, Any] | None = None
    call: Call | None = None
    caller: Caller | None = None
    authorization: Authorization | None = None


class Pipeline:
    """Answers requests; one for each worker."""

    def __init__(self, parts: Parts, clock: Clock, spool: Spool, metrics: Metrics) -> None:
        self._parts = parts
        self._limits = Limits(decompressed_bytes=parts.settings.max_body_bytes)
        self._clock = clock
        self._spool = spool
        self._metrics = metrics
        self._services: dict[str, Service] = {name: services.load(name) for name in services.REGISTERED}
        self._callers = Callers(parts.store, parts.root_key)
        self._authenticator = Authenticator(
            lambda key_id, token: self._callers.credential(key_id, token, self._clock.now()),
            clock,
        )

    def begin(self, request: HttpRequest) -> HttpResponse | Flight:
        """Answer a reading call, refuse a bad one, or give back the flight of a change for `carry_out`."""
        flight = Flight(request, request_id(), self._clock.now(), time.perf_counter())
        try:
            with self._snapshot():
                credential = self._identify(flight)
                principal = credential.principal if credential else self._anonymous()
                assert flight.operation and flight.declared
                with self._entered(flight, principal) as unit:
                    content = decode_content(request, self._limits, flight.operation)
                    flight.parameters = flight.operation.parse(content)
                    self._decide(flight, unit)
                    if flight.declared.is_read_only:
                        return self._finish(flight, self._read(flight)[1])
            return flight
        except Exception as error:
            return self._refuse(flight, error)

    def carry_out(self, flight: Flight) -> HttpResponse:
        """Make a change and answer it; called in a thread, since it waits for the disk."""
        try:
            return self._finish(flight, self._change(flight)[1])
        except Exception as error:
            return self._refuse(flight, error)

    def unrecorded(self, request: HttpRequest, problem: JournalUnavailable) -> HttpResponse:
        """The answer in place of one whose event could not be made durable: nothing is acknowledged without its record."""
        return self._refuse(Flight(request, request_id(), self._clock.now(), time.perf_counter()), problem)

    def call_as(
        self, principal: Principal, service: str, operation: str, parameters: dict[str, Any], *, user_agent: str
    ) -> dict[str, Any]:
        """Make a call from inside, as a known principal: decided and recorded like any other; raises `ApiError`."""
        request = HttpRequest("POST", "/", headers=[("user-agent", user_agent)], source_address="127.0.0.1")
        flight = Flight(request, request_id(), self._clock.now(), time.perf_counter(), parameters=parameters)
        flight.wire = load_service(service)
        flight.operation = flight.wire.operation(operation)
        flight.declared = self._services[service].operations[operation]
        try:
            with self._entered(flight, principal) as unit:
                assert flight.call
                flight.call.is_local = True
                self._decide(flight, unit)
                if flight.declared.is_read_only:
                    return self._read(flight)[0]
            return self._change(flight)[0]
        except Exception as problem:
            self._refuse(flight, problem)
            raise
        finally:
            self._spool.flush()

    def _snapshot(self) -> AbstractContextManager[Unit]:
        """One snapshot for credential, policies and answer: the units inside share it."""
        return self._parts.store.reading(self._parts.settings.account_id, "global")

    @contextmanager
    def _entered(self, flight: Flight, principal: Principal) -> Iterator[Unit]:
        """Open the reading unit of a call and make the call itself."""
        assert flight.wire and flight.operation
        request = flight.request
        region = self._region(flight, self._services[flight.wire.name])
        with self._parts.store.reading(principal.account, region) as unit:
            flight.call = Call(
                service=flight.wire.name,
                operation=flight.operation.name,
                request_id=flight.request_id,
                event_id=event_id(),
                at=flight.at,
                principal=principal,
                account=principal.account,
                region=region,
                source_address=request.source_address,
                user_agent=request.header("user-agent", "") or "",
                unit=unit,
                parts=self._parts,
                is_secure=request.scheme == "https",
            )
            yield unit

    def _read(self, flight: Flight) -> tuple[dict[str, Any], HttpResponse]:
        """Carry out a reading call; its event goes to the spool."""
        assert flight.call and flight.declared and flight.operation
        answer = flight.declared.handler(flight.call, flight.parameters) or {}
        response = flight.operation.serialize(answer, flight.request_id)
        self._spool.append(flight.call.event_id, self._record(flight, answer, None))
        return answer, response

    def _change(self, flight: Flight) -> tuple[dict[str, Any], HttpResponse]:
        """Make a change: the operation, its event and the commit are one transaction."""
        assert flight.call and flight.caller and flight.declared and flight.operation
        call, store = flight.call, self._parts.store
        for _ in range(_MOST_ATTEMPTS):
            try:
                with store.writing(call.account, call.region, event_id=call.event_id, at=call.at) as unit:
                    call.unit = unit
                    if unit.policy_generation() != flight.caller.generation:
                        self._decide(flight, unit)
                    answer = flight.declared.handler(call, flight.parameters) or {}
                    response = flight.operation.serialize(answer, flight.request_id)
                    unit.append_event(call.event_id, self._record(flight, answer, None))
            except Conflict:
                call.resources.clear()
                call.additional_event_data.clear()
                call.after_commit.clear()
                continue
            for action in call.after_commit:
                action()
            return answer, response
        raise ApiError("ServiceUnavailable", "The request was in conflict with others. Try again.", status=503)

    def _identify(self, flight: Flight) -> Credential | None:
        request = flight.request
        wire, name = route(request, claimed_service(request), self._services)
        flight.wire = wire
        flight.operation = wire.operation(name)
        declared = self._services[wire.name].operations.get(name)
        credential = self._authenticator.authenticate(
            request, style_of(wire), wire.signing_name, unsigned_body=flight.operation.auth_type == "v4-unsigned-body"
        )
        if declared is None:
            raise _not_built(wire, name)
        flight.declared = declared
        if credential is None and not declared.allows_anonymous:
            raise self._authenticator.missing(style_of(wire))
        return credential

    def _decide(self, flight: Flight, unit: Unit) -> None:
        assert flight.call and flight.declared and flight.wire
        call = flight.call
        flight.caller = caller = self._callers.caller(unit, call.principal)
        decided = authorize(call, flight.declared, flight.parameters, caller.policies, caller.context)
        flight.authorization = decided
        if decided.refusal is not None:
            root_key = self._parts.root_key
            raise refusal_error(call, style_of(flight.wire), decided, lambda it: encode_refusal(root_key, call, it))

    def _record(self, flight: Flight, answer: Mapping[str, Any] | None, error: ApiError | None) -> bytes:
        assert flight.call and flight.wire and flight.operation and flight.declared
        refused = flight.authorization is not None and flight.authorization.refusal is not None
        shows_parameters = not refused or style_of(flight.wire) == "ec2"
        return record_of_call(
            flight.call,
            flight.request,
            flight.wire,
            flight.operation,
            flight.declared,
            flight.parameters if shows_parameters else None,
            answer,
            error,
            decision_record(flight.authorization) if flight.authorization else None,
        )

    def _refuse(self, flight: Flight, problem: Exception) -> HttpResponse:
        error = self._api_error(flight, problem)
        if flight.call is not None and flight.declared is not None:
            try:
                self._spool.append(flight.call.event_id, self._record(flight, None, error))
            except JournalUnavailable as unavailable:
                error = self._api_error(flight, unavailable)
        if flight.operation is not None:
            response = flight.operation.serialize_error(error, flight.request_id)
        else:
            response = serialize_error(error, flight.request_id, service=flight.wire, request=flight.request)
        return self._finish(flight, response)

    def _api_error(self, flight: Flight, problem: Exception) -> ApiError:
        if isinstance(problem, ApiError):
            return problem
        if isinstance(problem, (StoreUnavailable, JournalUnavailable)):
            log.error("unavailable", request_id=flight.request_id, cause=str(problem))
            return ApiError(
                "ServiceUnavailable",
                f"The service cannot keep records now: {problem}",
                status=503,
            )
        log.error("internal_failure", request_id=flight.request_id, exc_info=problem)
        message = "The request processing has failed because of an unknown error, exception or failure."
        return ApiError("InternalFailure", message, status=500)

    def _finish(self, flight: Flight, response: HttpResponse) -> HttpResponse:
        service = flight.wire.name if flight.wire else "unknown"
        operation = flight.operation.name if flight.operation else "unknown"
        self._metrics.count_call(service, operation, response.status, time.perf_counter() - flight.started)
        return response

    def _region(self, flight: Flight, service: Service) -> str:
        if service.is_global:
            return GLOBAL_REGION
        claim = read_claim(flight.request)
        return claim.region if claim else self._parts.settings.region

    def _anonymous(self) -> Principal:
        return Principal(
            kind="AWSAccount",
            account=self._parts.settings.account_id,
            arn="",
            principal_id="",
        )


def style_of(wire: WireService) -> str:
    """How a service words its faults: its protocol, but S3 has words of its own."""
    return "s3" if wire.name == "s3" else wire.protocol


def _not_built(wire: WireService, name: str) -> ApiError:
    code = "InvalidAction" if wire.protocol in ("query", "ec2") else "UnknownOperationException"
    return ApiError(
        code,
        f"{name} is an operation of {wire.name} that Garrison does not have; see docs/coverage.md.",
    )
