"""The way of every call: route, authenticate, parse, authorize, carry out, record, answer."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from garrison import services
from garrison.errors import ApiError
from garrison.gateway.audit import AuditMode
from garrison.gateway.authenticate import Authenticator
from garrison.gateway.authorize import authorize, refusal_error
from garrison.gateway.callers import Callers
from garrison.gateway.decisions import encode_refusal
from garrison.gateway.flight import Flight, style_of
from garrison.gateway.once import earlier_answer, forget, is_first, keep_answer, was_made
from garrison.gateway.record import GLOBAL_REGION, record_of
from garrison.gateway.refusals import api_error, conflict, error_response, not_built, overloaded, too_large
from garrison.identifiers import event_id
from garrison.journal import JournalUnavailable
from garrison.services.call import Call, Parts
from garrison.services.forwarding import Forwarding
from garrison.services.identity import Principal
from garrison.store import Conflict, SnapshotMoved
from garrison.wire import Limits, decode_content, load_service, route
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.sigv4 import claimed_service, read_claim

if TYPE_CHECKING:
    from garrison.clock import Clock
    from garrison.gateway.metrics import Metrics
    from garrison.journal import Spool
    from garrison.policy import Decision
    from garrison.services.registry import Operation
    from garrison.store import Unit
    from garrison.wire import Service as WireService

_MOST_ATTEMPTS = 8
"""How often a change is tried again when another writer came first."""


class Pipeline:
    """Answers requests; one for each worker."""

    def __init__(self, parts: Parts, clock: Clock, spool: Spool, metrics: Metrics) -> None:
        self._parts = parts
        self._store = parts.store
        self._limits = Limits(decompressed_bytes=parts.settings.max_body_bytes)
        self._clock = clock
        self._spool = spool
        self._metrics = metrics
        self._forwarding = Forwarding(parts.settings.upstreams)
        self._audit = AuditMode(parts.settings.audit_principals)
        self._callers = Callers(parts.store, parts.root_key)
        parts.calls = self
        self._authenticator = Authenticator(
            lambda key_id, token: self._callers.credential(key_id, token, self._clock.now()), clock
        )

    def begin(self, request: HttpRequest) -> HttpResponse | Flight:
        """Answer a reading call, refuse a bad one, or give back the flight of a change for `carry_out`."""
        while True:
            # Authentication unwraps aws-chunked bodies in place: each attempt has its own.
            flight = Flight(replace(request) if request.header("content-encoding") else request, self._clock.now())
            try:
                # The units of work inside share this one's snapshot: credential, policies and answer belong together.
                with self._store.snapshot_lazily():
                    principal = self._identify(flight)
                    with self._store.reading(principal.account, self._region(flight)) as unit:
                        self._enter(flight, principal, unit)
                        content = decode_content(flight.request, self._limits, flight.operation)
                        flight.parameters = flight.operation.parse(content)
                        if not flight.is_proving:
                            self._decide(flight, unit)
                        if not flight.changes and not flight.takes_long:
                            return self._finish(flight, self._read(flight)[1])
                return flight
            except SnapshotMoved:
                continue  # nothing was recorded yet: decide and answer from the state as it is now
            except Exception as problem:
                return self._refuse(flight, problem)

    def turned_back(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to an upload that its head alone refuses, so that its bytes need not come; None where they may."""
        flight = Flight(request, self._clock.now())
        try:
            with self._store.snapshot_lazily():
                principal = self._identify(flight, is_head=True)
                with self._store.reading(principal.account, self._region(flight)) as unit:
                    self._enter(flight, principal, unit)
                    flight.parameters = flight.operation.parse(request)
                    if not flight.is_proving:
                        self._decide(flight, unit)
            request.admitted_at = flight.at
            return None
        except SnapshotMoved:
            return None  # all of it is asked again when the bytes are there
        except Exception as problem:
            return self._refuse(flight, problem)

    def carry_out(self, flight: Flight) -> HttpResponse:
        """Make a change and answer it, or what takes long to read; called in a thread, since it waits for the disk."""
        try:
            flight.prepare()
            if not flight.changes:
                return self._finish(flight, self._read_again(flight)[1])
            return self._finish(flight, self._change(flight)[1])
        except Exception as problem:
            return self._refuse(flight, problem)

    def unrecorded(self, request: HttpRequest, problem: JournalUnavailable) -> HttpResponse:
        """The answer in place of one whose event could not be made durable: nothing is acknowledged without its record."""
        return self._refuse(Flight(request, self._clock.now()), problem)

    def turned_away(self, flight: Flight) -> HttpResponse:
        """The answer to a call for which there is no room; nothing of it was carried out."""
        return self._refuse(flight, overloaded(style_of(flight.wire)))

    def call_as(
        self,
        principal: Principal,
        service: str,
        operation: str,
        parameters: dict[str, Any],
        *,
        user_agent: str,
        region: str | None = None,
        source_arn: str | None = None,
        is_local: bool = False,
        once: str | None = None,
        keeps_answer: bool = False,
    ) -> dict[str, Any]:
        """Make a call from inside, as a known principal: decided and recorded like any other; raises `ApiError`."""
        request = HttpRequest("POST", "/", headers=[("user-agent", user_agent)], source_address="127.0.0.1")
        flight = Flight(request, self._clock.now(), parameters=parameters)
        flight.wire = load_service(service)
        flight.operation = flight.wire.operation(operation)
        flight.is_routed = True
        flight.once, flight.keeps_answer = once, keeps_answer
        declared = self._declared(service, operation) if service in services.REGISTERED else None
        if declared is None:
            raise self._not_there(flight.wire, operation)
        flight.declared = declared
        try:
            with self._store.reading(principal.account, self._region(flight, region)) as unit:
                self._enter(flight, principal, unit)
                flight.call.is_local = is_local
                flight.call.source_arn = source_arn
                flight.call.is_secure = True  # it travels over no network that somebody could listen to
                if not flight.is_proving:
                    self._decide(flight, unit)
                if not flight.changes and not declared.is_forwarded:
                    return self._read(flight)[0]
                if declared.is_forwarded and once is not None and was_made(unit, once):
                    return earlier_answer(unit, self._parts.root_key, once)  # before it is sent a second time
            flight.prepare()
            return (self._change(flight) if flight.changes else self._read_again(flight))[0]
        except Exception as problem:
            self._refuse(flight, problem)
            raise
        finally:
            self._spool.flush()

    def was_made(self, account: str, once: str) -> bool:
        """Whether a change was made under a name."""
        with self._store.reading(account, GLOBAL_REGION) as unit:
            return was_made(unit, once)

    def _identify(self, flight: Flight, *, is_head: bool = False) -> Principal:
        """Find out which operation is called, and who calls it; `is_head`: before the body is there."""
        request = flight.request
        flight.wire, name = route(request, claimed_service(request), services.REGISTERED)
        flight.operation = flight.wire.operation(name)
        flight.is_routed = True
        if (is_head or request.upload is not None) and not flight.operation.takes_upload:
            raise too_large(style_of(flight.wire))
        style, unsigned_body = style_of(flight.wire), flight.operation.auth_type == "v4-unsigned-body"
        declared = self._declared(flight.wire.name, name)
        if declared is not None and declared.by_certificate:
            flight.declared = declared
            flight.certificate = self._authenticator.certificate(request, style, flight.wire.signing_name)
            return self._nobody()
        credential = self._authenticator.authenticate(
            request, style, flight.wire.signing_name, unsigned_body=unsigned_body, is_head=is_head
        )
        if declared is None:
            raise self._not_there(flight.wire, name)
        flight.declared = declared
        if credential is not None:
            return credential.principal
        if not declared.allows_anonymous:
            raise self._authenticator.missing(style)
        return self._nobody()

    def _declared(self, service: str, name: str) -> Operation | None:
        """An operation that Garrison has, or that an upstream has for it."""
        return services.load(service).operations.get(name) or self._forwarding.operation(service, name)

    def _not_there(self, wire: WireService, name: str) -> ApiError:
        return not_built(wire, name, lacks_upstream=self._forwarding.lacks_upstream(wire.name, name))

    def _nobody(self) -> Principal:
        return Principal(kind="AWSAccount", account=self._parts.settings.account_id, arn="", principal_id="")

    def _enter(self, flight: Flight, principal: Principal, unit: Unit) -> None:
        """Make the call itself, of which there is a record from here on."""
        request = flight.request
        flight.call = Call(
            service=flight.wire.name,
            operation=flight.operation.name,
            request_id=flight.request_id,
            event_id=event_id(),
            at=flight.at,
            principal=principal,
            account=principal.account,
            region=unit.region,
            source_address=request.source_address,
            user_agent=request.header("user-agent", "") or "",
            unit=unit,
            parts=self._parts,
            is_secure=request.scheme == "https",
            tls_version=request.tls_version,
            claim=read_claim(request),
            certificate=flight.certificate,
        )
        flight.is_entered = True

    def _decide(self, flight: Flight, unit: Unit) -> None:
        call = flight.call
        flight.caller = caller = self._callers.caller(unit, call.principal)
        is_audited = self._audit.covers(call.principal)
        decided = authorize(
            call, flight.declared, flight.parameters, caller.policies, caller.context, is_audited=is_audited
        )
        flight.authorization = decided
        style, root_key = style_of(flight.wire), self._parts.root_key

        def error_of(refusal: tuple[str, str, Decision]) -> ApiError:
            return refusal_error(call, style, refusal, lambda: encode_refusal(root_key, call, decided))

        if decided.refusal is not None:
            raise error_of(decided.refusal)
        call.refused_parts = {number: error_of(refusal) for number, refusal in decided.refused_parts.items()}

    def _read(self, flight: Flight) -> tuple[dict[str, Any], HttpResponse]:
        """Carry out a reading call; its event goes to the spool."""
        answer = flight.declared.handler(flight.call, flight.parameters) or {}
        response = flight.operation.serialize(answer, flight.request_id)
        if not flight.call.tells_nothing_new:
            self._spool.append(flight.call.event_id, record_of(flight, answer, None))
        return answer, response

    def _read_again(self, flight: Flight) -> tuple[dict[str, Any], HttpResponse]:
        """Carry out a reading call that left the snapshot it was decided in; the policies may be others by now."""
        call = flight.call
        with self._store.reading(call.account, call.region) as unit:
            call.unit = unit
            if unit.policy_generation() != flight.caller.generation:
                self._decide(flight, unit)
            return self._read(flight)

    def _change(self, flight: Flight) -> tuple[dict[str, Any], HttpResponse]:
        """Make a change: the operation, its event and the commit are one transaction."""
        call = flight.call
        for _ in range(_MOST_ATTEMPTS):
            refusal: ApiError | None = None
            try:
                with self._store.writing(call.account, call.region, event_id=call.event_id, at=call.at) as unit:
                    call.unit = unit
                    if flight.once is not None and not is_first(unit, flight.once):
                        return earlier_answer(unit, self._parts.root_key, flight.once), HttpResponse(200, [])
                    try:
                        answer, response = self._carried_out(flight, unit)
                        if flight.once is not None and flight.keeps_answer:
                            keep_answer(unit, self._parts.root_key, flight.once, answer)
                    except ApiError as error:
                        if not call.keeps_refusal:
                            raise
                        answer, refusal = {}, error
                        if flight.once is not None:
                            forget(unit, flight.once)
                    unit.append_event(call.event_id, record_of(flight, answer, refusal))
            except Conflict:
                call.forget()
                continue
            self._spool.wake()
            flight.is_recorded = True
            if refusal is not None:
                raise refusal
            for action in call.after_commit:
                action()
            return answer, response
        raise conflict()

    def _carried_out(self, flight: Flight, unit: Unit) -> tuple[dict[str, Any], HttpResponse]:
        flight.prove()
        if flight.is_proving or self._is_outdated(flight, unit):
            self._decide(flight, unit)
        answer = flight.declared.handler(flight.call, flight.parameters) or {}
        return answer, flight.operation.serialize(answer, flight.request_id)

    def _is_outdated(self, flight: Flight, unit: Unit) -> bool:
        """Whether policies have changed since the call was decided; what was forwarded has happened already."""
        return not flight.declared.is_forwarded and unit.policy_generation() != flight.caller.generation

    def _refuse(self, flight: Flight, problem: Exception) -> HttpResponse:
        error = api_error(flight, problem)
        if flight.is_entered and not flight.is_recorded:
            try:
                self._spool.append(flight.call.event_id, record_of(flight, None, error))
            except JournalUnavailable as unavailable:
                error = api_error(flight, unavailable)
        for let_go in flight.call.after_refusal if flight.is_entered else ():
            let_go()
        return self._finish(flight, error_response(flight, error))

    def _finish(self, flight: Flight, response: HttpResponse) -> HttpResponse:
        service, operation = (flight.wire.name, flight.operation.name) if flight.is_routed else ("unknown", "unknown")
        self._metrics.count_call(service, operation, response.status, time.perf_counter() - flight.started)
        return response

    def _region(self, flight: Flight, named: str | None = None) -> str:
        if services.load(flight.wire.name).is_global:
            return GLOBAL_REGION
        if named is not None:
            return named
        claim = read_claim(flight.request)
        return claim.region if claim else self._parts.settings.region
