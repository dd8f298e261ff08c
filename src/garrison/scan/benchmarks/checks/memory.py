"""Whether the processor keeps data from being run (DEP; the NX bit)."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, Unreadable, decided, fails, not_applicable
from garrison.scan.benchmarks.readers import boot


@kind("no_execute")
def no_execute(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where the running processor has no NX bit in use, or the kernel is told to do without (`noexec=off`). No arguments."""
    if host.inventory.platform.architecture in ("arm64", "aarch64", "armhf"):
        return not_applicable("ARM processors are not asked")
    off = [entry for entry in host.once(boot.entries) if entry.has("noexec", "off")]
    if off:
        return fails(f"{off[0].place}: noexec=off")
    if not host.is_live:
        return not_applicable("only a running machine has a processor to ask")
    flags = next((line for line in host.lines("/proc/cpuinfo") or () if line.startswith("flags")), None)
    if flags is None:
        raise Unreadable("/proc/cpuinfo: no flags")
    return decided(
        "nx" in flags.split(), "/proc/cpuinfo: " + ("nx" if "nx" in flags.split() else "no nx among the flags")
    )
