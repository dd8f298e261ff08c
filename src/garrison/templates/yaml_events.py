"""YAML as templates have it, built event by event, so that no alias grows and no nesting overflows.

YAML 1.1 without aliases, merge keys and the tags binary, omap, pairs, set and timestamp: a date is a text. Source: AWS CloudFormation
User Guide, "CloudFormation template format". A tag that is no short form is refused by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from garrison.templates.faults import TemplateInvalid
from garrison.templates.limits import MAX_DEPTH
from garrison.templates.names import SHORT_FORMS
from garrison.templates.reading import integer, number

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""By libyaml where PyYAML has it."""
_STANDARD = "tag:yaml.org,2002:"
_BOOLEANS = dict.fromkeys(("yes", "true", "on"), True) | dict.fromkeys(("no", "false", "off"), False)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_OCTAL = re.compile(r"[-+]?0[0-7]+")
_HEXADECIMAL = re.compile(r"[-+]?0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_KNOWN = frozenset({"str", "int", "float", "bool", "null", "map", "seq"})


@dataclass(slots=True)
class _Open:
    """A map or list that is being read."""

    value: Any
    function: str | None
    """What it is the argument of, by its tag."""
    key: str | None = None


@dataclass(slots=True)
class _Building:
    """The value of a document, as far as its events went."""

    open: list[_Open] = field(default_factory=list)
    root: Any = None
    documents: int = 0

    def take(self, event: Any) -> None:
        """One event more."""
        if isinstance(event, yaml.AliasEvent):
            raise TemplateInvalid(
                "Template error: YAML aliases are not allowed in CloudFormation templates", (), _mark(event)
            )
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _malformed(event.start_mark)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._start({} if isinstance(event, yaml.MappingStartEvent) else [], event)
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self.open.pop()
            self._put(closed.value if closed.function is None else {closed.function: closed.value}, event)

    def _start(self, value: Any, event: Any) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise TemplateInvalid(f"Template format error: nested more than {MAX_DEPTH} deep", (), _mark(event))
        if self._awaits_key():
            raise _malformed(event.start_mark)
        self.open.append(_Open(value, _function(event)))

    def _scalar(self, event: Any) -> None:
        if self._awaits_key():
            top = self.open[-1]
            if event.value in top.value or (event.value == "<<" and event.implicit[0]):
                raise _malformed(
                    event.start_mark, f"duplicate key {event.value}" if event.value != "<<" else "merge key"
                )
            top.key = event.value
            return
        function = _function(event)
        if function is None:
            self._put(_plain(event), event)
        elif function == "Fn::GetAtt":
            self._put({function: event.value.split(".", 1)}, event)
        else:
            self._put({function: event.value}, event)

    def _awaits_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].value, dict) and self.open[-1].key is None

    def _put(self, value: Any, event: Any) -> None:
        if not self.open:
            self.root = value
            return
        top = self.open[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is None:
            raise _malformed(event.start_mark)
        else:
            top.value[top.key] = value
            top.key = None


def read_yaml(text: str) -> Any:
    """The value of a text's one document; raises TemplateInvalid."""
    building = _Building()
    for event in events(text):
        building.take(event)
    return building.root


def events(text: str) -> Iterator[Any]:
    """What the text says piece by piece; raises TemplateInvalid where it is no YAML."""
    try:
        yield from yaml.parse(text, _Loader)
    except yaml.MarkedYAMLError as error:
        raise _malformed(error.problem_mark or error.context_mark) from None
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError):
        raise _malformed(None) from None


def _function(event: Any) -> str | None:
    """The function that a tag calls; None for the tags of YAML itself."""
    tag = event.tag
    if tag is None or tag == "!":
        return None
    if tag in SHORT_FORMS:
        return SHORT_FORMS[tag]
    if tag.startswith(_STANDARD) and tag.removeprefix(_STANDARD) in _KNOWN:
        return None
    raise TemplateInvalid(
        f"Template format error: YAML not well-formed. (line {_mark(event)[0]}, column {_mark(event)[1]}): the tag {tag} is not supported",
        (),
        _mark(event),
    )


def _plain(event: Any) -> Any:
    """The value of a scalar that no tag makes something else."""
    text: str = event.value
    tag = event.tag
    if (tag is None and not event.implicit[0]) or tag in ("!", f"{_STANDARD}str"):
        return text
    if text in _NULLS:
        return None
    lowered = text.lower()
    found = _BOOLEANS.get(lowered)
    if found is not None and text in (lowered, lowered.upper(), lowered.capitalize()):
        return found
    if _DECIMAL.fullmatch(text):
        return integer(text)
    if len(text) <= 18 and _OCTAL.fullmatch(text):
        return int(text, 8)
    if _HEXADECIMAL.fullmatch(text):
        return int(text, 16)
    return number(text) if _FLOAT.fullmatch(text) else text


def _mark(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _malformed(mark: Any, why: str = "") -> TemplateInvalid:
    said = f": {why}" if why else ""
    if mark is None:
        return TemplateInvalid(f"Template format error: YAML not well-formed.{said}")
    place = (mark.line + 1, mark.column + 1)
    return TemplateInvalid(
        f"Template format error: YAML not well-formed. (line {place[0]}, column {place[1]}){said}", (), place
    )
