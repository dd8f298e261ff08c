"""Where settings come from: `garrison.toml` in the home, then `GARRISON_*` variables, then a command's options."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from garrison.errors import OperatorError
from garrison.setting_tables import ONLY_IN_THE_FILE
from garrison.settings import FILE_NAME, Settings

_LISTS = frozenset(
    {
        "alarm_sinks",
        "allowed_hosts",
        "audit_principals",
        "digest_anchors",
        "identity_provider_hosts",
        "outgoing_hosts",
        "sigma_rules",
        "vulnerability_sources",
    }
)
"""The settings that a variable gives with commas between."""
_VARIABLE = re.compile(r"GARRISON_([A-Z0-9_]+)")
_OTHER_VARIABLE = re.compile(
    "HOME|LISTENING|CONSOLE_LISTENING|CONSOLE_CACHE|SUPERVISOR|SUITES|NO_SKIPS|FAULT_ROUNDS|FAULT_SEED|IAM_SIMULATE|TEST_.*"
    "|SERVICE_.*|PORT_.*"  # what Kubernetes tells each container of a service named garrison
)
"""Variables that are no settings, after their `GARRISON_`."""
_UNKNOWN = re.compile("unknown field `(.+?)`")
_MISSING = re.compile("required field `(.+?)`")
_PLACE = re.compile(r" - at `\$\.(\w+)")


def default_home() -> Path:
    """`$GARRISON_HOME`, else `~/.garrison`."""
    return Path(os.environ.get("GARRISON_HOME") or Path.home() / ".garrison").absolute()


def load_settings(home: Path, **overrides: Any) -> Settings:
    """The settings of a home: the file, then `GARRISON_*` variables, then `overrides`; raises `OperatorError`."""
    path = home / FILE_NAME
    values = _from_file(home, path)
    sources = dict.fromkeys(values, str(path))
    for variable, name, value in _from_environment(values):
        values[name], sources[name] = value, f"the variable {variable}"
    for name, value in overrides.items():
        if value is not None:
            values[name], sources[name] = value, f"the option --{name}"
    values["home"] = str(home)
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise _wrong(str(error), sources, path) from None


def _from_file(home: Path, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise OperatorError(f"There is no account in {home}.", "Make one with `garrison up`.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} is not TOML: {error}.", "Correct the file.") from None


def _from_environment(values: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Variable, setting and value of each variable that sets something; raises `OperatorError` for an unknown one."""
    names = get_type_hints(Settings).keys() - {"home"}
    keys = {values.get("root_key_variable"), os.environ.get("GARRISON_ROOT_KEY_VARIABLE")}
    for variable, text in os.environ.items():
        match = _VARIABLE.fullmatch(variable)
        if match is None or variable in keys or _OTHER_VARIABLE.fullmatch(match[1]) or not text:
            continue
        name = match[1].lower()
        if name not in names:
            raise OperatorError(
                f"The variable {variable} is no setting.{_meant(name, names, 'GARRISON_{}', str.upper)}",
                "See docs/settings.md, or unset it.",
            )
        if name in ONLY_IN_THE_FILE:
            raise OperatorError(
                f"The variable {variable} cannot set {name}: it takes an account's guard down, or throws it away.",
                f"Unset it. `garrison up --ephemeral` makes an account to throw away; {FILE_NAME} sets the rest.",
            )
        yield variable, name, tuple(filter(None, text.split(","))) if name in _LISTS else text


def _wrong(error: str, sources: Mapping[str, str], path: Path) -> OperatorError:
    """What an operator must correct, and where."""
    if unknown := _UNKNOWN.search(error):
        meant = _meant(unknown[1], get_type_hints(Settings).keys(), "{}", str)
        return OperatorError(f"{path} has {unknown[1]}, which is no setting.{meant}", "See docs/settings.md.")
    if missing := _MISSING.search(error):
        return OperatorError(f"{path} lacks the setting {missing[1]}.", "Put it back from a backup.")
    place = _PLACE.search(error)
    name = place[1] if place else ""
    reason = error[: place.start()] if place else error
    where = sources.get(name, str(path))
    return OperatorError(f"The setting {name} in {where} is wrong: {reason}.", "See docs/settings.md and correct it.")


def _meant(name: str, names: Iterable[str], form: str, shown: Callable[[str], str]) -> str:
    near = difflib.get_close_matches(name, names, 1)
    return f" Perhaps {form.format(shown(near[0]))} is meant." if near else ""
