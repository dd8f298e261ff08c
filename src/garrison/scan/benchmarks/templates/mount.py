"""A file system of its own for a folder."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, not_applicable, passes
from garrison.scan.benchmarks.readers.mounts import mounts


@kind("mount")
def mount(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `mountpoint` is no mount, in fstab, as a unit or now. `min_size` is advice for installers and not judged."""
    if host.is_image():
        return not_applicable("an image has no mounts of its own")
    point = arguments.text("mountpoint")
    found = host.once(mounts).at(point)
    return passes(f"{found[0].place}: {point}") if found else fails(f"{point} is not mounted by itself")
