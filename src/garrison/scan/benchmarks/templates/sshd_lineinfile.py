"""One setting of sshd, as sshd would run with it."""

from __future__ import annotations

from garrison.scan.benchmarks.checks.ssh import seconds
from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.benchmarks.kinds import Arguments, kind, whole
from garrison.scan.benchmarks.outcome import Outcome, decided, not_applicable
from garrison.scan.benchmarks.readers.sshd import sshd


@kind("sshd_lineinfile")
def sshd_lineinfile(host: Host, arguments: Arguments) -> Outcome:
    """Fails where sshd, or one of its Match blocks, has another value; what no file sets is OpenSSH's default.

    Arguments: `parameter`, the keyword; `value`, or `xccdf_variable` with the name of a variable; `datatype`, `int` (a variable is the most then) or `string`;
    `is_default_value`, whether a keyword whose default is not known here counts as right when it is not set.
    """
    found = host.once(sshd)
    if not found.is_installed:
        return not_applicable("no SSH server is installed")
    keyword = arguments.text("parameter")
    wanted = (
        arguments.value(arguments.text("xccdf_variable")) if "xccdf_variable" in arguments else arguments.text("value")
    )
    settings = found.everywhere(keyword)
    if not settings:
        return decided(arguments.flag("is_default_value"), f"{keyword} is not set")
    is_right = _within if "xccdf_variable" in arguments and arguments.text("datatype", "string") == "int" else _is
    wrong = [setting for setting in settings if not is_right(setting, wanted)]
    return decided(not wrong, _said(keyword, (wrong or settings)[0]))


def _is(setting: Setting, wanted: str) -> bool:
    if wanted.lower() in ("yes", "no"):
        return setting.value.lower() == wanted.lower()
    return setting.value == wanted


def _within(setting: Setting, wanted: str) -> bool:
    """A number of the profile's is the most; 0 turns such a limit off, so that it is right only where it is asked for."""
    value, most = seconds(setting.value), whole(wanted, "the variable")
    return value is not None and (value == most or 0 < value < most)


def _said(keyword: str, setting: Setting) -> str:
    return f"{setting.place}: {keyword} {setting.value}"
