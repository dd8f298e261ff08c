"""A kernel module that must not be loaded."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, not_applicable, passes
from garrison.scan.benchmarks.readers.modules import modules, plain


@kind("kernel_module_disabled")
def kernel_module_disabled(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `kernmodule` is loaded, is loaded at boot, or modprobe is not told to refuse it (`install NAME /bin/false`)."""
    if host.is_image():
        return not_applicable("an image has no kernel of its own")
    name = plain(arguments.text("kernmodule"))
    found = host.once(modules)
    if name in found.loaded:
        return fails(f"/proc/modules: {name} is loaded")
    if name in found.at_boot:
        return fails(f"{found.at_boot[name].place}: {name} is loaded at boot")
    if name not in found.refused:
        return fails(f"nothing in /etc/modprobe.d refuses {name}")
    return passes(f"{found.refused[name].place}: {found.refused[name].value}")
