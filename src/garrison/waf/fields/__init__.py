"""Fields to match: which bytes of a request a statement looks at.

`reader` gives the values as they came, undecoded, as AWS WAF does: transformations are the rule's own. What a form, a JSON document or XML
holds, decoded as a server would, is `arguments.body_arguments`.
"""

from __future__ import annotations

from garrison.waf.document import FieldToMatch
from garrison.waf.fields import (
    arguments,
    body,
    cookies,
    fingerprints,
    headers,
    json_body,
    query_arguments,
    request_line,
)
from garrison.waf.fields.headers import cover
from garrison.waf.fields.parts import Limits, Part, Parts, limits_of
from garrison.waf.fields.registry import FIELDS, Field, Read

__all__ = ["FIELDS", "MODULES", "Field", "Limits", "Part", "Parts", "cover", "limits_of", "log_name", "reader"]

MODULES = (arguments, body, cookies, fingerprints, headers, json_body, query_arguments, request_line)
"""Where the fields are defined: importing them registers them."""

_STANDARD = Limits()


def reader(field: FieldToMatch, pre: tuple[str, ...] = (), limits: Limits = _STANDARD) -> Read:
    """What reads the field from requests. `pre` are pre-parse transformations by their names, in order.

    What was taken apart is kept in `request.parsed`, so that many fields of one component cost as much as one.
    Raises: ValueError: no field is named, or a pre-parse transformation does not exist.
    """
    known, specification = _named(field)
    return known.make(specification, pre, limits)


def log_name(field: FieldToMatch) -> str:
    """What logs call the field: `HEADER`, `URI_PATH`, `ALL_QUERY_ARGS` …

    Raises: ValueError: no field is named.
    """
    return _named(field)[0].log_name


def _named(field: FieldToMatch) -> tuple[Field, object]:
    for name, known in FIELDS.items():
        specification = getattr(field, name)
        if specification is not None:
            return known, specification
    raise ValueError("a field to match names one component of the request")
