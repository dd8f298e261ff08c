"""Turn the text of a template into plain values: JSON or YAML, every short form made long, nothing that grows or nests without end."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from garrison.templates.faults import Path, TemplateInvalid, pointer
from garrison.templates.limits import MAX_BYTES, MAX_DEPTH, MAX_VALUES

_MAX_DIGITS = 18


def read_text(text: str) -> tuple[Any, bool]:
    """The values of a text, and whether it is JSON; raises TemplateInvalid."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise TemplateInvalid(f"Template may not exceed {MAX_BYTES} bytes in size.")
    is_json = text.lstrip("\ufeff \t\r\n").startswith("{")
    if is_json:
        value = read_json(text.removeprefix("\ufeff"))
    else:
        from garrison.templates.yaml_events import read_yaml

        value = read_yaml(text)
    if not isinstance(value, dict):
        raise TemplateInvalid("Template format error: unsupported structure.")
    check_values(value)
    return value, is_json


def read_json(text: str) -> Any:
    """JSON in which no object has a name twice."""
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_int=integer, parse_float=number, parse_constant=_refuse
        )
    except json.JSONDecodeError as error:
        place = (error.lineno, error.colno)
        raise TemplateInvalid(
            f"Template format error: JSON not well-formed. (line {place[0]}, column {place[1]})", (), place
        ) from None
    except RecursionError:
        raise _too_deep() from None


def check_values(root: Any) -> None:
    """Refuse `null`, and what is nested too deep or holds too much."""
    waiting: list[tuple[Any, Path]] = [(root, ())]
    seen = 0
    while waiting:
        value, path = waiting.pop()
        seen += 1
        if value is None:
            raise TemplateInvalid(f"[{pointer(path)}] 'null' values are not allowed in templates", path)
        if len(path) > MAX_DEPTH:
            raise _too_deep()
        if isinstance(value, dict):
            waiting.extend((each, (*path, name)) for name, each in value.items())
        elif isinstance(value, list):
            waiting.extend((each, (*path, index)) for index, each in enumerate(value))
    if seen > MAX_VALUES:
        raise TemplateInvalid(
            f"Template format error: Number of values, {seen}, is greater than maximum allowed, {MAX_VALUES}"
        )


def integer(text: str) -> int | str:
    """A whole number; the text itself where it is longer than JSON's readers keep exactly."""
    return int(text) if len(text) <= _MAX_DIGITS else text


def number(text: str) -> float | str:
    """A number; the text itself where none holds it."""
    found = float(text)
    return found if math.isfinite(found) else text


def _refuse(word: str) -> Any:
    raise TemplateInvalid(f"Template format error: JSON not well-formed. ({word} is no value)")


def _object(pairs: Iterable[tuple[str, Any]]) -> Mapping[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise TemplateInvalid(f"Template format error: JSON not well-formed. (duplicate key {name})")
        made[name] = value
    return made


def _too_deep() -> TemplateInvalid:
    return TemplateInvalid(f"Template format error: nested more than {MAX_DEPTH} deep")
