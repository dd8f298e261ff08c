"""A boolean of SELinux."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, Unreadable, decided, not_applicable
from garrison.scan.benchmarks.readers.settings import assigned

_ON = frozenset({"on", "1", "true", "yes"})


@kind("sebool")
def sebool(host: Host, arguments: Arguments) -> Outcome:
    """Fails where the boolean `seboolid` is not `sebool_bool`, else the profile's `var_SEBOOLID`: as the kernel has it, else as the policy's local file says."""
    if not host.is_there("/etc/selinux/config"):
        return not_applicable("SELinux is not installed")
    name = arguments.text("seboolid")
    wanted = arguments.text("sebool_bool") if "sebool_bool" in arguments else arguments.value(f"var_{name}")
    path = f"/sys/fs/selinux/booleans/{name}"
    if host.is_live and (lines := host.lines(path)):
        return decided((lines[0].split(" ")[0] == "1") is (wanted.lower() in _ON), f"{path}: {lines[0]}")
    local = assigned(host, host.glob("/etc/selinux/*/active/booleans.local"))
    if name not in local:
        raise Unreadable(f"only the running system tells what {name} is")
    return decided(
        (local[name].value.lower() in _ON) is (wanted.lower() in _ON),
        f"{local[name].place}: {name}={local[name].value}",
    )
