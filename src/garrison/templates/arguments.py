"""Whether every function of a template exists, stands where it may, and is given what it takes in form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from garrison.templates.evaluation import unsupported
from garrison.templates.faults import Path, TemplateInvalid
from garrison.templates.functions import choosing, lists, networks, texts
from garrison.templates.model import Template
from garrison.templates.names import CONDITION_FUNCTIONS, EXTENSIONS, FOR_EACH, FUNCTIONS, RULE_FUNCTIONS
from garrison.templates.references import attribute_of, variables

_VARIABLE_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:")


def check_functions(template: Template) -> None:
    """Raises TemplateInvalid for the first function that is wrong."""
    for section in ("Conditions", "Rules", "Resources", "Outputs"):
        for function, argument, path in _calls(template.body.get(section, {}), (section,)):
            _check(template, function, argument, path)


def _calls(value: Any, path: Path) -> Iterator[tuple[str, Any, Path]]:
    waiting: list[tuple[Any, Path]] = [(value, path)]
    while waiting:
        found, here = waiting.pop()
        if isinstance(found, list):
            waiting.extend((each, (*here, index)) for index, each in enumerate(found))
        elif isinstance(found, dict):
            for name, each in found.items():
                below = (*here, name)
                if name.startswith("Fn::") or (name == "Ref" and len(found) == 1):
                    if len(found) > 1 and not name.startswith(FOR_EACH) and name != "Fn::Transform":
                        raise TemplateInvalid(
                            f"Template format error: [{_shown(here)}] {name} must stand alone in its object", below
                        )
                    yield name, each, below
                waiting.append((each, below))


def _shown(path: Path) -> str:
    return "".join(f"/{step}" for step in path)


def _check(template: Template, function: str, argument: Any, path: Path) -> None:
    if function.startswith(FOR_EACH):
        if not template.has_extensions:
            raise _at(unsupported(function), path)
        return
    if function in RULE_FUNCTIONS:
        if path[0] != "Rules":
            raise _at(unsupported(function), path)
        if function in ("Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll"):
            raise TemplateInvalid(
                f"{function} is not supported: values of AWS's own resources are not looked up.", path
            )
        return
    extra = EXTENSIONS if template.has_extensions else ()
    if function != "Ref" and function not in FUNCTIONS and function not in extra:
        raise _at(unsupported(function), path)
    if function in CONDITION_FUNCTIONS:
        return
    if function == "Fn::Transform":
        name = argument.get("Name") if isinstance(argument, dict) else None
        raise TemplateInvalid(f"Transform {name or ''} is not supported: macros are not run.", path)
    wrong = _FORMS[function](argument, template.has_extensions) if function in _FORMS else None
    if wrong is not None:
        raise TemplateInvalid(wrong, path)


def _at(error: TemplateInvalid, path: Path) -> TemplateInvalid:
    return TemplateInvalid(error.message, path)


def _reference(argument: Any, extended: bool) -> str | None:
    return None if isinstance(argument, str) or (extended and isinstance(argument, dict)) else choosing.REF


def _attribute(argument: Any, extended: bool) -> str | None:
    if attribute_of(argument) or (extended and isinstance(argument, list) and len(argument) == 2):
        return None
    return choosing.GET_ATT


def _join(argument: Any, extended: bool) -> str | None:
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[0], str):
        return None if isinstance(argument[1], list | dict) else texts.JOIN
    return texts.JOIN


def _sub(argument: Any, extended: bool) -> str | None:
    text, own = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if not isinstance(text, str) or not isinstance(own, dict):
        return texts.SUB
    if any(not _VARIABLE_CHARACTERS.issuperset(name) for name in variables(text)):
        return "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons"
    return None


def _of_length(least: int, most: int, message: str) -> Callable[[Any, bool], str | None]:
    def check(argument: Any, extended: bool) -> str | None:
        return None if isinstance(argument, list) and least <= len(argument) <= most else message

    return check


def _find_in_map(argument: Any, extended: bool) -> str | None:
    if isinstance(argument, list) and len(argument) == (3 if not extended else max(3, min(4, len(argument)))):
        return None
    return choosing.FIND_IN_MAP


def _if(argument: Any, extended: bool) -> str | None:
    if isinstance(argument, list) and len(argument) == 3 and isinstance(argument[0], str):
        return None
    return choosing.IF


_FORMS: Mapping[str, Callable[[Any, bool], str | None]] = {
    "Ref": _reference,
    "Fn::GetAtt": _attribute,
    "Fn::Join": _join,
    "Fn::Sub": _sub,
    "Fn::Split": _of_length(2, 2, lists.SPLIT),
    "Fn::Select": _of_length(2, 2, lists.SELECT),
    "Fn::Cidr": _of_length(2, 3, networks.CIDR),
    "Fn::FindInMap": _find_in_map,
    "Fn::If": _if,
}
