"""An argument that the kernel must not be given."""

from __future__ import annotations

from garrison.scan.benchmarks.applicability import has_kernel
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, not_applicable, passes
from garrison.scan.benchmarks.readers import boot


@kind("grub2_bootloader_argument_absent")
def grub2_bootloader_argument_absent(host: Host, arguments: Arguments) -> Outcome:
    """Fails where an entry of the boot loader, or the running kernel, has `arg_name`, with or without a value."""
    if not has_kernel(host):
        return not_applicable("no kernel is installed")
    name = arguments.text("arg_name")
    now = boot.running(host)
    for entry in [*host.once(boot.entries), *([now] if now is not None else [])]:
        if entry.values(name):
            return fails(f"{entry.place}: {name}")
    return passes(f"no entry of the boot loader has {name}")
