"""A setting of pam_faillock, which locks accounts after wrong passwords."""

from __future__ import annotations

from garrison.scan.benchmarks.comparison import number
from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.benchmarks.kinds import Arguments, kind, whole
from garrison.scan.benchmarks.outcome import Outcome, decided, fails
from garrison.scan.benchmarks.readers import pam, settings

_FOR_EVER = frozenset({"unlock_time", "root_unlock_time"})
"""Where 0 (`never`) means until somebody unlocks it."""


@kind("pam_account_password_faillock")
def pam_account_password_faillock(host: Host, arguments: Arguments) -> Outcome:
    """Fails where pam_faillock is not in the PAM stack, or `prm_name` (`deny`) is not within `variable_lower_bound` and `variable_upper_bound`.

    A bound is a number, or `use_ext_variable`: the value of the profile's `ext_variable`. An argument of the module counts before
    faillock.conf. `prm_regex_conf` and `prm_regex_pamd` are not needed.
    """
    name = arguments.text("prm_name")
    modules = [line for line in host.once(pam.system) if line.module == "pam_faillock.so" and line.kind == "auth"]
    if not modules:
        return fails("pam_faillock is not in the PAM stack")
    given = [Setting(said, line.place) for line in modules if (said := line.argument(name)) is not None]
    setting = given[0] if given else host.once(settings.faillock).get(name)
    if setting is None:
        return fails(f"/etc/security/faillock.conf: {name} is not set")
    value = 0 if setting.value == "never" else number(setting.value)
    evidence = f"{setting.place}: {name} = {setting.value}"
    if value is None or (value == 0 and name in _FOR_EVER):
        return decided(value == 0, evidence)
    least, most = _bound(arguments, "variable_lower_bound"), _bound(arguments, "variable_upper_bound")
    return decided((least is None or value >= least) and (most is None or value <= most), evidence)


def _bound(arguments: Arguments, name: str) -> int | None:
    if name not in arguments:
        return None
    text = arguments.text(name)
    return whole(arguments.value(arguments.text("ext_variable")) if text == "use_ext_variable" else text, name)
