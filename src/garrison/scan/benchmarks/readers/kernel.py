"""How the installed kernels were built: /boot/config-RELEASE, /lib/modules/RELEASE/config, and /proc/config.gz of the running one."""

from __future__ import annotations

import zlib

from garrison.scan.benchmarks.host import MOST_SETTINGS_BYTES, Host, Setting


def configurations(host: Host) -> dict[str, dict[str, Setting]]:
    """Options by the file that says so; an option that is not set has the value `n`."""
    paths = [f"/boot/{name}" for name in host.names("/boot") if name.startswith("config-")]
    paths += [
        path
        for path in host.glob("/lib/modules/*/config")
        if not any(one.endswith(path.split("/")[3]) for one in paths)
    ]
    found = {path: _options(path, host.lines(path) or ()) for path in paths}
    if not found and host.is_live and (packed := host.root.read("/proc/config.gz")) is not None:
        found["/proc/config.gz"] = _options("/proc/config.gz", _unpacked(packed))
    return found


def _unpacked(packed: bytes) -> list[str]:
    try:
        data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(packed, MOST_SETTINGS_BYTES)
    except zlib.error:
        return []
    return data.decode("ascii", "replace").split("\n")


def _options(path: str, lines: tuple[str, ...] | list[str]) -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for number, line in enumerate(lines, 1):
        if line.startswith("CONFIG_"):
            name, _, value = line.partition("=")
            found[name] = Setting(value.strip().strip('"'), f"{path}:{number}")
        elif line.startswith("# CONFIG_") and line.endswith(" is not set"):
            found[line[2 : -len(" is not set")]] = Setting("n", f"{path}:{number}")
    return found
