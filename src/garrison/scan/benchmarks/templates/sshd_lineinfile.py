"""One setting of sshd, as sshd would run with it."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, decided, not_applicable
from garrison.scan.benchmarks.readers.sshd import sshd


@kind("sshd_lineinfile")
def sshd_lineinfile(host: Host, arguments: Arguments) -> Outcome:
    """Fails where sshd, or one of its Match blocks, has another value; what no file sets is OpenSSH's default.

    Arguments: `parameter`, the keyword; `value`, or `xccdf_variable` with the name of a variable; `datatype`, `int` or `string`;
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
    wrong = [setting for setting in settings if not _is(setting, wanted)]
    return decided(not wrong, _said(keyword, (wrong or settings)[0]))


def _is(setting: Setting, wanted: str) -> bool:
    if wanted.lower() in ("yes", "no"):
        return setting.value.lower() == wanted.lower()
    return setting.value == wanted


def _said(keyword: str, setting: Setting) -> str:
    return f"{setting.place}: {keyword} {setting.value}"
