"""Arguments of a module in a PAM file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.scan.benchmarks.comparison import holds
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, passes
from garrison.scan.benchmarks.patterns import Pattern
from garrison.scan.benchmarks.readers.pam import PamLine, file_lines


@kind("pam_options")
def pam_options(host: Host, arguments: Arguments) -> Outcome:
    """Fails where the file `path` has no line of `type` and `control_flag` for `module` with all `arguments` as they are asked for.

    Each of these: `argument` or `variable`, its name; `argument_match`, a pattern of its value; a `variable`'s value stands to the
    profile's `variable_name`, else `var_password_pam_VARIABLE`, as `operation` says; `remove_argument`, it must not be there.
    """
    path, kind_, module = arguments.text("path"), arguments.text("type"), arguments.text("module")
    control = arguments.text("control_flag", "")
    lines = [line for line in file_lines(host, path) if line.kind == kind_ and line.module == module]
    found = [line for line in lines if not control or line.control == control]
    if not found:
        return fails(
            f"{lines[0].place}: {module} is {lines[0].control}, not {control}"
            if lines
            else f"{path}: no {kind_} line for {module}"
        )
    for wanted in arguments.entries("arguments"):
        if said := _complaint(found[0], wanted, arguments):
            return fails(f"{found[0].place}: {module} {said}")
    return passes(f"{found[0].place}: {kind_} {found[0].control} {module} {' '.join(found[0].arguments)}".rstrip())


def _complaint(line: PamLine, wanted: Mapping[str, Any], arguments: Arguments) -> str:
    name = str(wanted.get("variable") or wanted.get("argument") or wanted.get("remove_argument") or "")
    value = line.argument(name)
    if wanted.get("remove_argument"):
        return f"has {name}" if value is not None else ""
    if value is None:
        return f"has no {name}"
    if "variable" in wanted:
        asked = arguments.value(str(wanted.get("variable_name") or f"var_password_pam_{name}"))
        return "" if holds(value, str(wanted.get("operation", "equals")), asked) else f"has {name}={value}, not {asked}"
    if match := str(wanted.get("argument_match") or ""):
        return "" if Pattern(match).is_whole(value) else f"has {name}={value}"
    return ""
