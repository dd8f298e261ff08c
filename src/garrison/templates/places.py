"""Find where in the text of a template something stands: only asked for when there is something to say about it."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

import yaml

from garrison.templates.faults import Path, TemplateInvalid
from garrison.templates.names import SHORT_FORMS
from garrison.templates.yaml_events import events

_SPACE = re.compile(r"[ \t\n\r]*")
_decoder = json.JSONDecoder()


def places_of(text: str, is_json: bool, paths: Iterable[Path]) -> dict[Path, tuple[int, int] | None]:
    """For each path line and column from 1 of its last step that is written; None where not even the first is."""
    wanted = set(paths)
    if is_json:
        return {path: _in_json(text, path) for path in wanted}
    found = _in_yaml(text, {path[:end] for path in wanted for end in range(1, len(path) + 1)})
    return {
        path: next((found[path[:end]] for end in range(len(path), 0, -1) if path[:end] in found), None)
        for path in wanted
    }


def _in_json(text: str, path: Path) -> tuple[int, int] | None:
    at = _skip(text, 1 if text.startswith("\ufeff") else 0)
    found: int | None = None
    for step in path:
        following = _member(text, at, step)
        if following is None:
            break
        found, at = following
    return None if found is None else (text.count("\n", 0, found) + 1, found - text.rfind("\n", 0, found))


def _member(text: str, at: int, step: str | int) -> tuple[int, int] | None:
    """Where a member's name (or item) stands, and its value."""
    opening = text[at : at + 1]
    if opening not in ("{", "["):
        return None
    here, index = _skip(text, at + 1), 0
    while text[here : here + 1] not in ("}", "]", ""):
        if opening == "{":
            name, end = scanstring(text, here + 1, True)
            value = _skip(text, _skip(text, end) + 1)
        else:
            name, value = index, here
        if name == step:
            return here, value
        here = _skip(text, _decoder.raw_decode(text, value)[1])
        here, index = _skip(text, here + (text[here : here + 1] == ",")), index + 1
    return None


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


class _Frame:
    """A map or list of YAML that is open: how deep its path is, and what comes next in it."""

    __slots__ = ("is_map", "key", "next", "steps")

    def __init__(self, is_map: bool, steps: Path) -> None:
        self.is_map = is_map
        self.steps = steps
        self.key: str | None = None
        self.next = 0

    def step(self) -> str | int:
        """The step to the value that comes next."""
        return self.key if self.is_map and self.key is not None else self.next


def _in_yaml(text: str, wanted: set[Path]) -> dict[Path, tuple[int, int]]:
    """Where the wanted paths are that are written; up to where the text is no YAML any more."""
    found: dict[Path, tuple[int, int]] = {}
    frames: list[_Frame] = []
    with contextlib.suppress(TemplateInvalid):
        for event in events(text):
            here = _reached(event, frames)
            if here in wanted and here not in found:
                found[here] = (event.start_mark.line + 1, event.start_mark.column + 1)
                if len(found) == len(wanted):
                    break
    return found


def _reached(event: Any, frames: list[_Frame]) -> Path | None:
    """Follow one event; gives the path of what begins there: a key, or an item."""
    if isinstance(event, yaml.CollectionEndEvent):
        frames.pop()
        return None
    if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
        return None
    top = frames[-1] if frames else None
    if top is not None and top.is_map and top.key is None and isinstance(event, yaml.ScalarEvent):
        top.key = event.value
        return (*top.steps, event.value)
    steps: Path = () if top is None else (*top.steps, top.step())
    reached = steps if top is not None and not top.is_map else None
    if top is not None:
        top.key, top.next = None, top.next + 1
    if isinstance(event, yaml.CollectionStartEvent):
        inner = (*steps, SHORT_FORMS[event.tag]) if event.tag in SHORT_FORMS else steps
        frames.append(_Frame(isinstance(event, yaml.MappingStartEvent), inner))
    return reached
