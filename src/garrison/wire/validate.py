"""Checks decoded parameters against the model's constraints and collects every failure, as AWS's servers do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from garrison.wire.facts import service_facts
from garrison.wire.limits import MAX_FAILURES, MAX_REPORTED_VALUE
from garrison.wire.patterns import compile_pattern
from garrison.wire.shapes import Shape

NOT_NULL = "Member must not be null"
_SIZED = ("string", "list", "map", "blob")
_NUMBERS = ("integer", "long", "float", "double")

Path = tuple["Path", str] | None
"""A place in the parameters, innermost segment last; linked, so that it costs nothing while all is well."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One constraint that one value does not meet."""

    path: Path
    value: Any
    constraint: str
    """AWS's words: `Member must have length greater than or equal to 1`."""
    hidden: bool = False
    """Whether the value is sensitive and must not be repeated."""

    @property
    def place(self) -> str:
        """The path in the server framework's form: `tags.1.member.key`."""
        segments: list[str] = []
        path = self.path
        while path is not None:
            path, segment = path
            segments.append(segment)
        return ".".join(reversed(segments))

    @property
    def missing(self) -> bool:
        """Whether a required member is absent."""
        return self.constraint is NOT_NULL

    def sentence(self) -> str:
        """`Value '' at 'userName' failed to satisfy constraint: …`."""
        if self.hidden and not self.missing:
            shown = "Value"
        else:
            shown = "Value null" if self.value is None else f"Value '{show(self.value)}'"
        return f"{shown} at '{self.place}' failed to satisfy constraint: {self.constraint}"


Check = Callable[[Any], str | None]
Validator = Callable[[Any, Path, list[Failure]], None]


def message(failures: list[Failure]) -> str:
    """`1 validation error detected: …`, the failures joined as AWS joins them."""
    plural = "error" if len(failures) == 1 else "errors"
    return f"{len(failures)} validation {plural} detected: " + "; ".join(failure.sentence() for failure in failures)


def show(value: Any) -> str:
    """A value as the server framework prints it, cut to a bounded length."""
    return _show(value, MAX_REPORTED_VALUE)[:MAX_REPORTED_VALUE]


def _show(value: Any, room: int) -> str:
    if isinstance(value, str):
        return value[:room]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        parts: list[str] = []
        items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
        for key, item in items:
            if room <= 0:
                break
            text = _show(item, room) if key is None else f"{key}={_show(item, room)}"
            parts.append(text)
            room -= len(text) + 2
        return ("{%s}" if isinstance(value, dict) else "[%s]") % ", ".join(parts)
    if isinstance(value, bytes):
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    return str(value)


def wire_segment(name: str) -> str:
    """A member's name as messages show it: first letter lower-case."""
    return name[:1].lower() + name[1:]


class ValidatorCompiler:
    """Turns shapes into validators; a shape without constraints below it costs nothing at run time."""

    def __init__(self, service_name: str) -> None:
        self._service_name = service_name
        self._compiled: dict[Shape, Validator | None] = {}
        self._constrained: dict[Shape, bool] = {}

    def validator(self, shape: Shape) -> Validator | None:
        """The validator of a shape, or None where the model asks for nothing."""
        if shape in self._compiled:
            return self._compiled[shape]
        if not self._is_constrained(shape, set()):
            self._compiled[shape] = None
            return None
        later: list[Validator] = []
        self._compiled[shape] = lambda value, path, failures: later[0](value, path, failures)  # noqa: PLW0108 not there yet
        build = {
            "structure": self._structure,
            "list": self._list,
            "map": self._map,
        }.get(shape.type, self._scalar)
        later.append(build(shape))
        self._compiled[shape] = later[0]
        return later[0]

    def _is_constrained(self, shape: Shape, visiting: set[Shape]) -> bool:
        known = self._constrained.get(shape)
        if known is not None:
            return known
        if shape in visiting or shape.is_document:
            return False
        visiting.add(shape)
        answer = bool(self._checks(shape))
        if not answer and shape.type == "structure":
            answer = bool(shape.required or shape.traits.get("union")) or any(
                self._is_constrained(member, visiting) for member in shape.members.values()
            )
        elif not answer and shape.type in ("list", "map"):
            answer = not shape.traits.get("sparse") or self._is_constrained(shape.element, visiting)
        visiting.discard(shape)
        if answer or not visiting:
            self._constrained[shape] = answer
        return answer

    def _checks(self, shape: Shape) -> list[Check]:
        traits, checks = shape.traits, list[Check]()
        if shape.type in _SIZED:
            checks += _length_checks(traits.get("min"), traits.get("max"))
        elif shape.type in _NUMBERS:
            checks += _range_checks(traits.get("min"), traits.get("max"))
        if shape.type == "string":
            if "pattern" in traits:
                name = f"{self._service_name}.{shape.name}"
                matches = compile_pattern(traits["pattern"], name, traits.get("max"))
                if matches is not None:
                    words = f"Member must satisfy regular expression pattern: {traits['pattern']}"
                    checks.append(lambda value: None if matches(value) else words)
            if traits.get("enum") and shape.name not in service_facts()["open_enums"].get(self._service_name, ()):
                checks.append(_enum_check(traits["enum"]))
        return checks

    def _scalar(self, shape: Shape) -> Validator:
        checks, hidden = self._checks(shape), shape.sensitive

        def validate(value: Any, path: Path, failures: list[Failure]) -> None:
            for check in checks:
                words = check(value)
                if words is not None:
                    failures.append(Failure(path, value, words, hidden))

        return validate

    def _structure(self, shape: Shape) -> Validator:
        required = [(name, wire_segment(name)) for name in shape.required]
        union = bool(shape.traits.get("union"))
        inner = [
            (name, wire_segment(name), validator)
            for name, member in shape.members.items()
            if (validator := self.validator(member)) is not None
        ]

        def validate(value: Any, path: Path, failures: list[Failure]) -> None:
            if len(failures) >= MAX_FAILURES:
                return
            if union and sum(item is not None for item in value.values()) != 1:
                failures.append(
                    Failure(
                        path,
                        value,
                        "Member must have exactly one union member set",
                        True,
                    )
                )
            for name, segment in required:
                if value.get(name) is None:
                    failures.append(Failure((path, segment), None, NOT_NULL))
            for name, segment, validator in inner:
                item = value.get(name)
                if item is not None:
                    validator(item, (path, segment), failures)

        return validate

    def _list(self, shape: Shape) -> Validator:
        own, hidden = self._checks(shape), shape.sensitive or shape.element.sensitive
        sparse = bool(shape.traits.get("sparse"))
        element = shape.element
        nested = self.validator(element) if element.type in ("structure", "list", "map") else None
        checks = self._checks(element) if nested is None else []

        def validate(value: Any, path: Path, failures: list[Failure]) -> None:
            _apply(own, value, path, failures, hidden)
            if not sparse and None in value:
                failures.append(
                    Failure(
                        path,
                        value,
                        f"Member must satisfy constraint: [{NOT_NULL}]",
                        hidden,
                    )
                )
            if nested is not None:
                for index, item in enumerate(value, 1):
                    if item is not None:
                        nested(item, ((path, str(index)), "member"), failures)
                    if len(failures) >= MAX_FAILURES:
                        return
            elif checks and any(item is not None and _first(checks, item) for item in value):
                failures.append(Failure(path, value, _joined("Member", checks, value), hidden))

        return validate

    def _map(self, shape: Shape) -> Validator:
        own, hidden = (
            self._checks(shape),
            shape.sensitive or shape.element.sensitive or shape.key.sensitive,
        )
        element = shape.element
        nested = self.validator(element) if element.type in ("structure", "list", "map") else None
        key_checks = self._checks(shape.key)
        checks = self._checks(element) if nested is None else []

        def validate(value: Any, path: Path, failures: list[Failure]) -> None:
            _apply(own, value, path, failures, hidden)
            if key_checks and any(_first(key_checks, key) for key in value):
                failures.append(Failure(path, value, _joined("Map keys", key_checks, value), hidden))
            if nested is not None:
                for key, item in value.items():
                    if item is not None:
                        nested(item, ((path, str(key)), "member"), failures)
                    if len(failures) >= MAX_FAILURES:
                        return
            elif checks and any(item is not None and _first(checks, item) for item in value.values()):
                failures.append(
                    Failure(
                        path,
                        value,
                        _joined("Map value", checks, value.values()),
                        hidden,
                    )
                )

        return validate


def _apply(checks: list[Check], value: Any, path: Path, failures: list[Failure], hidden: bool) -> None:
    for check in checks:
        words = check(value)
        if words is not None:
            failures.append(Failure(path, value, words, hidden))


def _first(checks: list[Check], value: Any) -> str | None:
    for check in checks:
        words = check(value)
        if words is not None:
            return words
    return None


def _joined(subject: str, checks: list[Check], values: Any) -> str:
    """`Member must satisfy constraint: […]`: for simple members AWS names the constraints once, at the list."""
    words = dict.fromkeys(
        failed for value in values if value is not None for check in checks if (failed := check(value)) is not None
    )
    return f"{subject} must satisfy constraint: [{', '.join(words)}]"


def _length_checks(least: int | None, most: int | None) -> list[Check]:
    checks = list[Check]()
    if most is not None:
        above = f"Member must have length less than or equal to {most}"
        checks.append(lambda value: above if len(value) > most else None)
    if least:
        below = f"Member must have length greater than or equal to {least}"
        checks.append(lambda value: below if len(value) < least else None)
    return checks


def _range_checks(least: float | None, most: float | None) -> list[Check]:
    checks = list[Check]()
    if most is not None:
        above = f"Member must have value less than or equal to {most}"
        checks.append(lambda value: above if value > most else None)
    if least is not None:
        below = f"Member must have value greater than or equal to {least}"
        checks.append(lambda value: below if value < least else None)
    return checks


def _enum_check(values: list[str]) -> Check:
    allowed = frozenset(values)
    words = f"Member must satisfy enum value set: [{', '.join(values)}]"
    return lambda value: None if value in allowed else words
