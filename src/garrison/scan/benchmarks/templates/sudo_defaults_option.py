"""A default of sudo."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, decided, fails, not_applicable
from garrison.scan.benchmarks.readers.sudoers import sudoers

_ON = frozenset({"env_reset"})
"""Flags that sudo has on when no file says anything. Source: sudoers(5)."""


@kind("sudo_defaults_option")
def sudo_defaults_option(host: Host, arguments: Arguments) -> Outcome:
    """Fails where sudo's Defaults do not set `option`; with `variable_name`, to that variable's value. The last line counts.

    `option_regex_suffix`, how the value is written, is not needed.
    """
    found = host.once(sudoers)
    if not found.is_installed:
        return not_applicable("sudo is not installed")
    option = arguments.text("option")
    setting = found.defaults.get(option)
    if setting is None:
        return decided(option in _ON, f"/etc/sudoers: {option} is not set")
    if "variable_name" not in arguments:
        return decided(
            setting.value != "no", f"{setting.place}: Defaults {'!' if setting.value == 'no' else ''}{option}"
        )
    wanted = arguments.value(arguments.text("variable_name"))
    return (
        fails(f"{setting.place}: {option}={setting.value}")
        if setting.value != wanted
        else decided(True, f"{setting.place}: {option}={wanted}")
    )
