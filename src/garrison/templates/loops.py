"""Fn::ForEach of AWS::LanguageExtensions: unroll loops over resources, outputs, conditions and properties.

`"Fn::ForEach::Name": [identifier, collection, {key with ${identifier}: value}]`; `&{identifier}` in a key leaves out what is not
alphanumeric. Source: AWS CloudFormation Template Reference, "Fn::ForEach".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from garrison.templates.evaluation import worked_out
from garrison.templates.faults import Path, TemplateInvalid, pointer
from garrison.templates.limits import MAX_BYTES, MAX_DEPTH, MAX_VALUES
from garrison.templates.model import Template
from garrison.templates.names import FOR_EACH, function_of
from garrison.templates.scope import Scope
from garrison.templates.structure import build

_MOST_NESTED = 5
"""Loops within loops. Source: as above, "Considerations"."""
_IDENTIFIER = re.compile(r"[A-Za-z0-9]{1,255}")


def expand(scope: Scope) -> Template:
    """The scope's template with its loops unrolled, by the values of its parameters; raises TemplateInvalid."""
    template = scope.template
    if not template.has_extensions or FOR_EACH not in template.text:
        return template
    unrolling = _Unrolling(scope)
    body = dict(template.body)
    for section in ("Conditions", "Resources", "Outputs"):
        if section in body:
            body[section] = unrolling.value(body[section], {}, (section,))
    return replace(build(body, template.text, template.is_json), text=template.text)


class _Unrolling:
    """One template being unrolled; counts what it makes."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._made = 0
        self._characters = 0

    def value(self, found: Any, local: Mapping[str, Any], path: Path, loops: int = 0) -> Any:
        """A value with the loops in it unrolled and the names of loops around it put in."""
        self._made += 1
        if self._made > MAX_VALUES or len(path) > 2 * MAX_DEPTH:
            raise TemplateInvalid(
                f"Template format error: Number of values, {self._made}, is greater than maximum allowed, {MAX_VALUES}",
                path[:2],
            )
        if isinstance(found, list):
            return [self.value(each, local, (*path, index), loops) for index, each in enumerate(found)]
        if isinstance(found, str):
            return self._counted(_put_in(found, local))
        if not isinstance(found, dict):
            return found
        if function_of(found) == "Ref" and isinstance(found["Ref"], str) and found["Ref"] in local:
            return self._counted(local[found["Ref"]])
        if function_of(found) == "Fn::GetAtt" and local:
            return {"Fn::GetAtt": self._attribute(found["Fn::GetAtt"], local, path, loops)}
        made: dict[str, Any] = {}
        for name, each in found.items():
            if name.startswith(FOR_EACH):
                self._loop(name, each, local, (*path, name), loops, made)
            else:
                _add(made, _key(name, local), self.value(each, local, (*path, name), loops), path)
        return made

    def _counted(self, text: str) -> str:
        self._characters += len(text)
        if self._characters > 2 * MAX_BYTES:
            raise _too_much()
        return text

    def _attribute(self, found: Any, local: Mapping[str, Any], path: Path, loops: int) -> Any:
        parts = found.split(".", 1) if isinstance(found, str) else found
        return [self._plain(self.value(each, local, path, loops), local) for each in parts]

    def _plain(self, found: Any, local: Mapping[str, Any]) -> Any:
        """A name that is made by a function of the loop's names only."""
        if function_of(found) not in ("Fn::Sub", "Fn::Join", "Fn::FindInMap", "Fn::Select"):
            return found
        try:
            return worked_out(found, replace(self._scope, local=local))
        except TemplateInvalid:
            return found

    def _loop(
        self, name: str, loop: Any, local: Mapping[str, Any], path: Path, loops: int, made: dict[str, Any]
    ) -> None:
        if not isinstance(loop, list) or len(loop) != 3 or not isinstance(loop[2], dict):
            raise _wrong(path, "takes an identifier, a collection and a map of what to make")
        if loops >= _MOST_NESTED:
            raise _wrong(path, f"is nested more than {_MOST_NESTED} deep")
        identifier, items = loop[0], self._items(loop[0], loop[1], local, path)
        for item in items:
            inner = {**local, identifier: item}
            for key, each in loop[2].items():
                if key.startswith(FOR_EACH):
                    self._loop(key, each, inner, (*path, key), loops + 1, made)
                    continue
                name_made = _key(key, inner)
                if name_made == key and len(items) > 1:
                    raise _wrong(path, f"makes {key} more than once: the key does not use {identifier}")
                _add(made, name_made, self.value(each, inner, (*path, key), loops + 1), path)

    def _items(self, identifier: Any, collection: Any, local: Mapping[str, Any], path: Path) -> list[str]:
        """The texts that a loop goes through."""
        if not isinstance(identifier, str) or not _IDENTIFIER.fullmatch(identifier):
            raise _wrong(path, "has an identifier that is not alphanumeric")
        if identifier in {*self._scope.template.parameters, *self._scope.template.resources, *local}:
            raise _wrong(path, f"has the identifier {identifier}, which is the name of something else")
        values = worked_out(self.value(collection, local, path), replace(self._scope, local=local))
        if not isinstance(values, list) or not all(isinstance(one, str | int) for one in values):
            raise _wrong(path, "needs a collection that is a list of texts")
        texts = [str(one) for one in values]
        if len(set(texts)) != len(texts):
            raise _wrong(path, "has a collection in which something stands twice")
        return texts


def _wrong(path: Path, why: str) -> TemplateInvalid:
    return TemplateInvalid(f"Template error: {pointer(path)} {why}", path)


def _add(made: dict[str, Any], name: str, value: Any, path: Path) -> None:
    if name in made:
        raise _wrong(path, f"makes {name} twice")
    made[name] = value


def _replaced(text: str, mark: str, value: str) -> str:
    """A text with a mark replaced; raises TemplateInvalid before it grows beyond what a template may have."""
    if len(text) + text.count(mark) * len(value) > MAX_BYTES:
        raise _too_much()
    return text.replace(mark, value)


def _too_much() -> TemplateInvalid:
    return TemplateInvalid(f"Template may not exceed {MAX_BYTES} bytes in size.")


def _key(name: str, local: Mapping[str, Any]) -> str:
    for each, value in local.items():
        name = _replaced(name, f"${{{each}}}", str(value))
        name = _replaced(name, f"&{{{each}}}", re.sub(r"[^A-Za-z0-9]", "", str(value)))
    return name


def _put_in(text: str, local: Mapping[str, Any]) -> str:
    if "{" not in text:
        return text
    for each, value in local.items():
        text = _replaced(text, f"${{{each}}}", str(value))
    return text
