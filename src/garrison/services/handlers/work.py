"""One piece of work on one resource of a stack, as its handler sees it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from garrison import codec
from garrison.errors import ApiError
from garrison.services.handlers.failures import Failed, expected
from garrison.services.handlers.fitting import is_error_of, text_of
from garrison.services.handlers.kinds import Kind

_SUFFIX_CHARACTERS = 12


class Calls(Protocol):
    """Makes the calls of a piece of work, with the rights that the stack works with."""

    def call(self, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Make a call and give its answer; one that was made before a crash is not made again. Raises `ApiError`."""

    def is_made(self, service: str, operation: str, parameters: Mapping[str, Any]) -> bool:
        """Whether this work has made the call already, before a crash."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource belongs."""

    account: str
    region: str
    stack_name: str
    stack_id: str
    logical_id: str
    attempt: str
    """Which time the resource is made: what is made anew has another name."""


@dataclass(slots=True)
class Work:
    """What a handler works on."""

    kind: Kind
    place: Place
    calls: Calls
    properties: Mapping[str, Any]
    """As they are to be, or as they are where the resource is deleted or read."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """As they were before an update."""
    physical_id: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    """What `Fn::GetAtt` gives."""

    def made(self, physical_id: str, **attributes: Any) -> None:
        """Say that the resource is there, so that it is deleted should the rest fail; and what its attributes are."""
        self.physical_id = physical_id
        self.attributes |= {name: value for name, value in attributes.items() if value is not None}

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Make a call; parameters of None are left out. Raises `ApiError`."""
        return self.calls.call(service, operation, _without_none(parameters))

    def call_for_new(
        self, identifier: str, is_there: Callable[[], object], service: str, operation: str, /, **parameters: Any
    ) -> dict[str, Any]:
        """Make a call that would change what is there already, where nothing is: what the stack did not make it must not delete."""
        given = _without_none(parameters)
        if not self.calls.is_made(service, operation, given) and is_there():
            raise Failed(
                f"Resource of type '{self.kind.name}' with identifier '{identifier}' already exists."
                " (HandlerErrorCode: AlreadyExists)"
            )
        return self.calls.call(service, operation, given)

    def call_if_there(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any] | None:
        """The same where what it is about may be gone: then None."""
        try:
            return self.call(service, operation, **parameters)
        except ApiError as error:
            if is_error_of(error, self.kind.gone):
                return None
            raise

    def given(self, *names: str) -> dict[str, Any]:
        """The properties of these names that are set."""
        return {name: self.properties[name] for name in names if self.properties.get(name) is not None}

    def has_changed(self, *names: str) -> bool:
        """Whether an update changes one of these properties."""
        return any(self.properties.get(name) != self.before.get(name) for name in names)

    def text(self, name: str, default: str | None = None) -> str | None:
        """A property as text."""
        value = self.properties.get(name)
        if value is None:
            return default
        text = text_of(value)
        if text is None:
            raise expected(f"#/{name}", "String", value)
        return text

    def document(self, name: str) -> str | None:
        """A property that holds a JSON document, as text; one that is a text already stays as it is."""
        return document(self.properties.get(name))

    def listed(self, name: str, *, before: bool = False) -> list[Any]:
        """A property that holds a list; empty where it is not set."""
        value = (self.before if before else self.properties).get(name)
        if value is None:
            return []
        return list(value) if isinstance(value, (list, tuple)) else [value]

    def changes(self, name: str) -> tuple[list[Any], list[Any]]:
        """What an update adds to a list and what it takes away."""
        old, new = self.listed(name, before=True), self.listed(name)
        return [item for item in new if item not in old], [item for item in old if item not in new]

    def tag_changes(self) -> tuple[list[dict[str, Any]], list[str]]:
        """The tags that an update sets, and the keys that it takes away."""
        old = {tag["Key"]: tag["Value"] for tag in self.listed("Tags", before=True)}
        new = {tag["Key"]: tag["Value"] for tag in self.listed("Tags")}
        changed = [{"Key": key, "Value": value} for key, value in new.items() if old.get(key) != value]
        return changed, [key for key in old if key not in new]

    def retag(self, service: str, untag: str, tag: str, /, **resource: str | None) -> None:
        """Change the tags that an update changes, by operations that take `TagKeys` and a list of `Tags` beside the resource."""
        tags, keys = self.tag_changes()
        if keys:
            self.call(service, untag, **resource, TagKeys=keys)
        if tags:
            self.call(service, tag, **resource, Tags=tags)

    def name(self, name: str, longest: int, *, lower: bool = False) -> str:
        """The resource's name: the property's, else one made of stack, logical id and a suffix, the same however often it is asked."""
        given = self.text(name)
        return given if given is not None else self.generated_name(longest, lower=lower)

    def generated_name(self, longest: int, *, lower: bool = False) -> str:
        """A name made of stack, logical id and a suffix."""
        place = self.place
        seed = f"{place.stack_id}/{place.logical_id}/{place.attempt}".encode()
        suffix = base64.b32encode(hashlib.sha256(seed).digest()).decode()[:_SUFFIX_CHARACTERS]
        room = longest - len(suffix) - 2
        stack, logical = place.stack_name, place.logical_id
        if len(stack) + len(logical) > room:
            stack = stack[: max(room - len(logical), room // 2)]
            logical = logical[: room - len(stack)]
        made = f"{stack}-{logical}-{suffix}"
        return made.lower() if lower else made

    def fail(self, reason: str) -> Failed:
        """The failure of the work for a reason of the handler's own."""
        return Failed(reason)


def document(value: Any) -> str | None:
    """A JSON document as text; a text stays as it is."""
    if value is None or isinstance(value, str):
        return value
    return codec.encode(value).decode()


def _without_none(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}
