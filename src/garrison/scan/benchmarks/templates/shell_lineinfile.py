"""An assignment in a file that a shell, or systemd, reads."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, decided
from garrison.scan.benchmarks.readers.settings import assigned


@kind("shell_lineinfile")
def shell_lineinfile(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `path`, or a drop-in file of it (`PATH.d/*.conf`), does not set `parameter` to `value`; the last one counts. `no_quotes` is not needed."""
    path, parameter, value = arguments.text("path"), arguments.text("parameter"), arguments.text("value")
    folders = [path.replace("/etc/", f"{top}/", 1) + ".d" for top in ("/usr/lib", "/run", "/etc")]
    said = assigned(host, [path, *(one for folder in folders for one in host.files(folder, ".conf"))])
    found = said.get(parameter) or said.get(f"export {parameter}")
    if found is None:
        return decided(False, f"{path}: {parameter} is not set")
    return decided(found.value.strip("'\"") == value, f"{found.place}: {parameter}={found.value}")
