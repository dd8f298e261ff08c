"""Verify a bundle and unpack it: no wheel leaves the archive that the lock file does not know, and no console of another source.

    python scripts/unpack_bundle.py dist/garrison-bundle-….tar build/unpacked

A bundle is a plain tar: `manifest.json`, then `console/…` and `wheels/*.whl`. It is read as hostile: only those names, only regular files,
within a limit of size; each file's SHA-256 must be the manifest's, and a wheel's one that `requirements/runtime.txt` of this checkout
locks, so that a forged manifest brings no program. The console is built from this checkout's source, says the bundle; that it is true rests on
the archive's own SHA-256, which is compared by hand (docs/offline.md).
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import Any

from build_console import source_digest

FORMAT = 1
"""Version of the manifest's form."""

MANIFEST = "manifest.json"
MAX_BUNDLE_BYTES = 512 * 1024**2
"""Far above the 40 MB that the wheels take."""

MAX_MANIFEST_BYTES = 1024**2
_WHEEL = re.compile(r"wheels/[A-Za-z0-9][A-Za-z0-9_.+!-]*\.whl")
_ASSET = re.compile(
    r"console/(\.source|(assets/)?[A-Za-z0-9][A-Za-z0-9_.-]*\.(css|html|ico|js|json|png|svg|txt|webmanifest|woff2)(\.br|\.gz)?)"
)
_CONSOLE_SOURCE = "console/.source"
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class BadBundle(Exception):
    """A bundle that cannot be installed from; `remedy` says what to do."""

    def __init__(self, cause: str, remedy: str = "Copy it again, or make it anew with `make bundle`.") -> None:
        super().__init__(cause)
        self.remedy = remedy


def this_platform() -> str:
    """What wheels fit this interpreter, as in `cp311-linux_x86_64`."""
    return f"cp{sys.version_info.major}{sys.version_info.minor}-{sys.platform}_{platform.machine()}"


def bundle_name(root: Path) -> str:
    """The file name of this version's bundle for this interpreter."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    return f"garrison-bundle-{version}-{this_platform()}.tar"


def find_bundle(root: Path) -> Path:
    """The bundle in `dist/` that fits this version and interpreter."""
    path = root / "dist" / bundle_name(root)
    if path.exists():
        return path
    others = ", ".join(sorted(other.name for other in path.parent.glob("garrison-bundle-*.tar")))
    raise BadBundle(
        f"There is no {path.name} in dist/" + (f", only {others}." if others else "."),
        "Make it with `make bundle` on a machine with internet and the same Python, and copy it into dist/.",
    )


def locked_hashes(root: Path) -> set[str]:
    """The SHA-256 of every file that the runtime's lock file allows."""
    return set(_HASH.findall((root / "requirements" / "runtime.txt").read_text()))


def unpack(archive: Path, target: Path, root: Path) -> Path:
    """Verify the archive and write its `wheels` and `console` below `target`; gives the wheels' folder. Raises `BadBundle`."""
    try:
        with tarfile.open(archive, "r:") as tar:
            manifest = _manifest(tar)
            wheels = target / "wheels"
            wheels.mkdir(parents=True, exist_ok=True)
            allowed = locked_hashes(root)
            written = {_write(tar, member, manifest["files"], allowed, target) for member in _members(tar)}
    except FileNotFoundError:
        raise BadBundle(f"There is no file {archive}.") from None
    except (tarfile.TarError, EOFError, OverflowError, ValueError) as error:
        raise BadBundle(f"{archive.name} is damaged: {error}.") from None
    if lacking := sorted(set(manifest["files"]) - written):
        raise BadBundle(f"{archive.name} is damaged: it lacks {lacking[0]}.")
    return wheels


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    first = tar.next()
    if first is None or first.name != MANIFEST or not first.isreg() or first.size > MAX_MANIFEST_BYTES:
        raise BadBundle("The archive is not a bundle: it does not begin with its manifest.")
    try:
        manifest: dict[str, Any] = json.loads(_content(tar, first))
        form, made_for, files = manifest["format"], manifest["platform"], manifest["files"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadBundle("The bundle's manifest is damaged.") from None
    if form != FORMAT or not isinstance(files, dict):
        raise BadBundle(f"The bundle has the form {form!r}, this Garrison reads form {FORMAT}.")
    if made_for != this_platform():
        raise BadBundle(
            f"The bundle was made for {made_for}, this interpreter is {this_platform()}.",
            "Make it with the same Python and on the same kind of machine, or choose the interpreter: PYTHON=python3.11.",
        )
    return manifest


def _members(tar: tarfile.TarFile) -> list[tarfile.TarInfo]:
    """What follows the manifest, each with a harmless name and of regular kind."""
    members = tar.getmembers()[1:]
    for member in members:
        if not member.isreg() or not (_WHEEL.fullmatch(member.name) or _ASSET.fullmatch(member.name)):
            raise BadBundle(f"The bundle holds {member.name[:100]!r}, which no bundle holds: it was tampered with.")
    if sum(member.size for member in members) > MAX_BUNDLE_BYTES:
        raise BadBundle(f"The bundle is larger than {MAX_BUNDLE_BYTES // 1024**2} MB.")
    return members


def _write(
    tar: tarfile.TarFile, member: tarfile.TarInfo, files: dict[str, str], allowed: set[str], folder: Path
) -> str:
    content = _content(tar, member)
    found = hashlib.sha256(content).hexdigest()
    if files.get(member.name) != found:
        raise BadBundle(f"{member.name} in the bundle is damaged: its SHA-256 is not the manifest's.")
    if member.name == _CONSOLE_SOURCE and content.decode("latin-1") != source_digest():
        raise BadBundle(
            "The console in the bundle was built from another source.",
            "Make the bundle from the same version of Garrison that installs from it.",
        )
    if member.name.startswith("wheels/") and found not in allowed:
        raise BadBundle(
            f"{member.name} in the bundle is not a file that requirements/runtime.txt locks.",
            "Make the bundle from the same version of Garrison that installs from it.",
        )
    path = folder / member.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return member.name


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file is not None, "a regular file has content"
    content = file.read()
    if len(content) != member.size:
        raise BadBundle(f"The bundle ends within {member.name}.")
    return content


def main() -> None:
    """Unpack the archive into the folder, both named on the command line."""
    if len(sys.argv) != 3:
        sys.exit("usage: unpack_bundle.py ARCHIVE FOLDER")
    try:
        print(unpack(Path(sys.argv[1]), Path(sys.argv[2]), Path(__file__).parents[1]))
    except BadBundle as bad:
        sys.exit(f"garrison: {bad}\n  {bad.remedy}")


if __name__ == "__main__":
    main()
