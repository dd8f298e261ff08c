"""An argument that zipl, the boot loader of IBM Z, gives the kernel."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, decided, fails, not_applicable
from garrison.scan.benchmarks.readers import boot


@kind("zipl_bls_entries_option")
def zipl_bls_entries_option(host: Host, arguments: Arguments) -> Outcome:
    """Fails where an entry in /boot/loader/entries lacks `arg_name` with `arg_value`. Only on s390x."""
    if host.inventory.platform.architecture != "s390x":
        return not_applicable("only IBM Z boots with zipl")
    name, value = arguments.text("arg_name"), arguments.text("arg_value")
    found = host.once(boot.entries)
    if not found:
        return fails("/boot/loader/entries: there is no entry")
    wrong = [entry for entry in found if not entry.has(name, value)]
    return decided(not wrong, f"{(wrong or found)[0].place}: {'no ' if wrong else ''}{name}={value}")
