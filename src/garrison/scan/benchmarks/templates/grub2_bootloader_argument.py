"""An argument that the boot loader gives the kernel."""

from __future__ import annotations

from garrison.scan.benchmarks.applicability import has_kernel
from garrison.scan.benchmarks.comparison import holds
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, decided, not_applicable
from garrison.scan.benchmarks.readers import boot


@kind("grub2_bootloader_argument")
def grub2_bootloader_argument(host: Host, arguments: Arguments) -> Outcome:
    """Fails where an entry of the boot loader, or the running kernel, lacks `arg_name` or has another value for it.

    Arguments: `arg_value`, or `arg_variable` with the name of a variable; neither: any value; `operation`, OVAL's word, `equals`.
    """
    if not has_kernel(host):
        return not_applicable("no kernel is installed")
    name = arguments.text("arg_name")
    wanted = (
        arguments.value(arguments.text("arg_variable"))
        if "arg_variable" in arguments
        else arguments.text("arg_value", "")
    )
    operation = arguments.text("operation", "equals")
    now = boot.running(host)
    found = [*host.once(boot.entries), *([now] if now is not None else [])]
    if not found:
        return decided(False, "no boot loader is configured")
    wrong = [entry for entry in found if not _has(entry, name, operation, wanted)]
    return decided(not wrong, f"{(wrong or found)[0].place}: {_said((wrong or found)[0], name)}")


def _has(entry: boot.Entry, name: str, operation: str, wanted: str) -> bool:
    values = entry.values(name)
    return bool(values) and (not wanted or holds(values[-1], operation, wanted))


def _said(entry: boot.Entry, name: str) -> str:
    values = entry.values(name)
    return f"no {name}" if not values else f"{name}={values[-1]}" if values[-1] else name
