"""Units of systemd and scripts of older init systems: whether they start at boot, as the files say, without asking systemd.

Sources: systemd.unit(5), systemctl(1) "is-enabled", insserv(8), openrc-run(8).
"""

from __future__ import annotations

from collections.abc import Iterator

from garrison.scan.inventory.facts import Service
from garrison.scan.inventory.files import MOST_BYTES
from garrison.scan.roots import Kind, Root
from garrison.scan.roots.root import shown, text

ADMINISTRATORS, DISTRIBUTIONS = (
    "/etc/systemd/system",
    ("/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"),
)
_FOLDERS = (ADMINISTRATORS, "/run/systemd/system", *DISTRIBUTIONS)
_KINDS = (".service", ".socket", ".timer", ".mount", ".path")
_GROUPS = ("/sys/fs/cgroup/system.slice", "/sys/fs/cgroup/systemd/system.slice")
"""Where the running system keeps the processes of a service, in control groups of version 2 and 1."""
MOST_UNITS = 20_000


def services(root: Root) -> tuple[Service, ...]:
    """Everything that may be started, by name."""
    running = _running(root)
    found = {
        name: Service(name=shown(name), state=state, is_running=None if running is None else name in running)
        for name, state in (*_of_scripts(root), *_of_systemd(root))
    }
    return tuple(found[name] for name in sorted(found))


def _of_systemd(root: Root) -> Iterator[tuple[str, str]]:
    units = _units(root)
    enabled = _enabled(root)
    for name in [*units, *(each for each in enabled if each not in units)][:MOST_UNITS]:
        path = units.get(name) or units.get(_template(name), "")
        if path:
            yield name, _state(root, name, path, name in enabled)


def _units(root: Root) -> dict[str, str]:
    """Unit to the file that counts: the first in the order of folders."""
    found: dict[str, str] = {}
    for folder in _FOLDERS:
        for name in root.names(folder):
            if name.endswith(_KINDS) and name not in found and not _is_other_name(root, folder, name):
                found[name] = f"{folder}/{name}"
    return found


def _is_other_name(root: Root, folder: str, name: str) -> bool:
    """Whether it only stands for a unit of another name: `sshd.service` for `ssh.service`."""
    target = root.target(f"{folder}/{name}") or ""
    return target.endswith(_KINDS) and target.rpartition("/")[2] not in (name, _template(name))


def _enabled(root: Root) -> set[str]:
    """What the administrator's folder links to be started with something else, or under another name."""
    found: set[str] = set()
    for name in root.names(ADMINISTRATORS):
        path = f"{ADMINISTRATORS}/{name}"
        if name.endswith((".wants", ".requires")):
            found.update(each for each in root.names(path) if each.endswith(_KINDS))
        elif name.endswith(_KINDS) and (target := root.target(path)) and target != "/dev/null":
            found.add(target.rpartition("/")[2])
    return found


def _state(root: Root, name: str, path: str, is_enabled: bool) -> str:
    entry = root.stat(path, follow=False)
    if entry is not None and entry.kind is Kind.LINK and root.target(path) == "/dev/null":
        return "masked"
    said = text(root, path, most=MOST_BYTES)
    if said == "":
        return "masked"
    if is_enabled:
        return "enabled"
    return "disabled" if "[Install]" in (said or "") else "static"


def _template(name: str) -> str:
    """`getty@.service` of `getty@tty1.service`."""
    stem, at, rest = name.partition("@")
    return f"{stem}@.{rest.rpartition('.')[2]}" if at else ""


def _of_scripts(root: Root) -> Iterator[tuple[str, str]]:
    """Scripts of System V and of OpenRC that no unit stands for."""
    scripts = [
        name for name in root.names("/etc/init.d") if name not in ("README", "functions", "skeleton", "rc", "rcS")
    ]
    started = {name[3:] for level in "2345S" for name in root.names(f"/etc/rc{level}.d") if name[:1] == "S"}
    for level in root.names("/etc/runlevels"):
        started.update(root.names(f"/etc/runlevels/{level}"))
    for name in scripts:
        if not name.startswith("."):
            yield f"{name}.service", "enabled" if name in started else "disabled"


def _running(root: Root) -> set[str] | None:
    if not root.is_live:
        return None
    for group in _GROUPS:
        if root.stat(group) is not None:
            named = (name for name in root.names(group) if name.endswith(_KINDS))
            return {name for name in named if _has_processes(root, f"{group}/{name}")}
    return None


def _has_processes(root: Root, group: str) -> bool:
    events = text(root, f"{group}/cgroup.events", most=MOST_BYTES)
    if events is not None:
        return "populated 1" in events
    return bool((text(root, f"{group}/cgroup.procs", most=MOST_BYTES) or "").strip())
