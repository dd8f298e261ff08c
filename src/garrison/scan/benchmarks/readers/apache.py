"""Apache's configuration: directives with the sections that they stand in. Source: httpd.apache.org, "Configuration Files"."""

from __future__ import annotations

from dataclasses import dataclass, field

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.readers.nginx import Directive
from garrison.scan.benchmarks.readers.words import words

CONFIGURATIONS = ("/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf")
MOST_DIRECTIVES = 20_000
MOST_FILES = 256
MOST_DEPTH = 32


@dataclass(slots=True)
class _Reading:
    top: str
    """ServerRoot: where relative includes begin."""
    found: list[Directive] = field(default_factory=list)
    files: int = 0


def apache(host: Host) -> list[Directive]:
    """All directives, includes followed, with names in lower case; sections are named as `directory /`. Empty where Apache has none."""
    for path in CONFIGURATIONS:
        if host.is_there(path):
            reading = _Reading(path.rsplit("/", 1)[0].removesuffix("/conf"))
            _read(host, reading, path, (), 0)
            return reading.found
    return []


def _read(host: Host, reading: _Reading, path: str, sections: tuple[str, ...], depth: int) -> None:
    reading.files += 1
    if reading.files > MOST_FILES or depth > MOST_DEPTH:
        return
    pending = ""
    for number, raw in enumerate(host.lines(path) or (), 1):
        text = (pending + raw).strip()
        if raw.endswith("\\") and len(pending) < 16_384:
            pending += raw[:-1]
            continue
        pending = ""
        if not text or text.startswith("#"):
            continue
        if text.startswith("</"):
            sections = sections[:-1]
            continue
        if text.startswith("<"):
            if len(sections) < MOST_DEPTH:
                sections = (*sections, " ".join(words(text.strip("<>"))).lower())
            continue
        name, *arguments = words(text) or [""]
        if name.lower() in ("include", "includeoptional"):
            for pattern in arguments:
                for included in host.glob(pattern if pattern.startswith("/") else f"{reading.top}/{pattern}"):
                    _read(host, reading, included, sections, depth + 1)
        elif len(reading.found) < MOST_DIRECTIVES:
            reading.found.append(Directive(name.lower(), arguments, f"{path}:{number}", sections))
