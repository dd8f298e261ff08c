"""AWS's wire protocols on the server side: requests become parameters, answers and errors become responses."""

from __future__ import annotations

from garrison.wire.content import decode_content
from garrison.wire.errors import ErrorStyle
from garrison.wire.faults import AnswerFault
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.limits import DEFAULT_LIMITS, Limits
from garrison.wire.model import UnknownModel, add_model_folder
from garrison.wire.routing import route, serialize_error
from garrison.wire.service import Operation, Service, load_service

__all__ = [
    "DEFAULT_LIMITS",
    "AnswerFault",
    "ErrorStyle",
    "HttpRequest",
    "HttpResponse",
    "Limits",
    "Operation",
    "Service",
    "UnknownModel",
    "add_model_folder",
    "decode_content",
    "load_service",
    "route",
    "serialize_error",
]
