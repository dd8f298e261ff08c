"""Turn whatever went wrong with a call into the error that its caller sees; the log keeps the rest under the request id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.errors import ApiError
from garrison.journal import JournalUnavailable
from garrison.logs import get_logger
from garrison.store import StoreUnavailable
from garrison.wire import serialize_error

if TYPE_CHECKING:
    from garrison.gateway.flight import Flight
    from garrison.wire import Service as WireService
    from garrison.wire.http import HttpResponse

log = get_logger("garrison.gateway")


def api_error(flight: Flight, problem: Exception) -> ApiError:
    """The error for the caller: the operation's own, `ServiceUnavailable`, or `InternalFailure` without a word of the cause."""
    if isinstance(problem, ApiError):
        return problem
    if isinstance(problem, (StoreUnavailable, JournalUnavailable)):
        log.error("unavailable", request_id=flight.request_id, cause=str(problem))
        reason = problem.cause if isinstance(problem, StoreUnavailable) else f"{problem.reason}."
        return ApiError("ServiceUnavailable", f"The service cannot keep records now: {reason}", status=503)
    log.error("internal_failure", request_id=flight.request_id, exc_info=problem)
    message = "The request processing has failed because of an unknown error, exception or failure."
    return ApiError("InternalFailure", message, status=500)


def conflict() -> ApiError:
    """The error of a change that others kept overtaking."""
    return ApiError("ServiceUnavailable", "The request was in conflict with others. Try again.", status=503)


_FULL = {"s3": "SlowDown", "ec2": "Unavailable"}
"""What services say when they are asked too much; the others say `ServiceUnavailable` (EC2 API reference, "Server error codes")."""


def overloaded(style: str) -> ApiError:
    """The error of a call that would wait for too many others; it may be made again, since nothing came of it."""
    message = "Too many calls are waiting for the upstream; this one was not forwarded. Try again later."
    return ApiError(_FULL.get(style, "ServiceUnavailable"), message, status=503)


def too_large(style: str) -> ApiError:
    """The error of a call whose body is larger than any but an upload's may be."""
    if style == "s3":
        return ApiError("MaxMessageLengthExceeded", "Your request was too large.", status=400)
    return ApiError("RequestEntityTooLarge", "The request's body is too large.", status=413)


def not_built(wire: WireService, name: str, *, lacks_upstream: bool = False) -> ApiError:
    """The error of an operation that AWS has and Garrison does not, maybe only as the settings are."""
    code = "InvalidAction" if wire.protocol in ("query", "ec2") else "UnknownOperationException"
    if lacks_upstream:
        words = f"{name} of {wire.name} is answered by an upstream, and the settings name none:"
        return ApiError(code, f"{words} set [upstreams.{wire.name}] in garrison.toml; see docs/forwarding.md.")
    return ApiError(code, f"{name} is an operation of {wire.name} that Garrison does not have; see docs/coverage.md.")


def error_response(flight: Flight, error: ApiError) -> HttpResponse:
    """The response that carries an error in the protocol of the call, as far as that is known."""
    if flight.is_routed:
        return flight.operation.serialize_error(error, flight.request_id)
    return serialize_error(error, flight.request_id, service=None, request=flight.request)
