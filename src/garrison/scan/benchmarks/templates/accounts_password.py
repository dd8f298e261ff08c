"""A demand of pam_pwquality on new passwords."""

from __future__ import annotations

from garrison.scan.benchmarks.checks.passwords import quality
from garrison.scan.benchmarks.comparison import holds
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, decided, fails
from garrison.scan.benchmarks.readers.settings import pwquality


@kind("accounts_password")
def accounts_password(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `variable` (`minlen`) of pwquality.conf does not stand to the profile's `var_password_pam_VARIABLE` as `operation` says.

    `zero_comparison_operation`: how it must stand to zero besides. An argument of the module in the PAM stack counts before the file.
    """
    name = arguments.text("variable")
    wanted = arguments.value(f"var_password_pam_{name}")
    setting = quality(host, name) or host.once(pwquality).get(name)
    if setting is None:
        return fails(f"/etc/security/pwquality.conf: {name} is not set")
    is_right = holds(setting.value, arguments.text("operation"), wanted)
    zero = arguments.text("zero_comparison_operation", "")
    is_right = is_right and (not zero or holds(setting.value, zero, "0"))
    return decided(is_right, f"{setting.place}: {name} = {setting.value}")
