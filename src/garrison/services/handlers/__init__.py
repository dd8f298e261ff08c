"""What CloudFormation does with a type of resource: declared beside the service that keeps it, in `services/X/cloudformation.py`.

A handler is written once for all that stacks do: it makes, changes, deletes and reads one resource by API calls, which go the way
of every call, as the stack's role or as its caller. Calls have names that follow from what they say, so that a handler that was
stopped by a crash is simply run again: what it had done is not done twice, and answers the same.
"""

from __future__ import annotations

from garrison.services.handlers.failures import Failed, InvalidProperties
from garrison.services.handlers.fitting import fitted
from garrison.services.handlers.kinds import Kind, TagStyle, kind, kind_of, known_types
from garrison.services.handlers.work import Calls, Place, Work, document

__all__ = [
    "Calls",
    "Failed",
    "InvalidProperties",
    "Kind",
    "Place",
    "TagStyle",
    "Work",
    "document",
    "fitted",
    "kind",
    "kind_of",
    "known_types",
]
