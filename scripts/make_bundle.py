"""Write one archive from which Garrison is installed without internet: every locked wheel, the console built, and a manifest of SHA-256.

    python scripts/make_bundle.py [--output dist]

The wheels are those that fit the Python and the machine that run this script. The same wheels and the same source of the console give the same archive.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import build_console
from install import cause_of
from unpack_bundle import FORMAT, MANIFEST, bundle_name, this_platform

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Download the wheels, write the archive, and print its SHA-256, to be compared where it is installed."""
    arguments = argparse.ArgumentParser(description="Write a bundle for installing without internet.")
    arguments.add_argument("--output", type=Path, default=ROOT / "dist", help="the folder to write it into")
    output: Path = arguments.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    try:
        build_console.build()
    except build_console.Failed as failed:
        sys.exit(f"garrison: The console could not be built: {failed}\n  See build/console.log, and try again.")
    target = output / bundle_name(ROOT)
    with tempfile.TemporaryDirectory(prefix="garrison-bundle-") as folder:
        download(Path(folder))
        write(target, Path(folder))
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    print(f"{target.name}: {target.stat().st_size / 1e6:.0f} MB, SHA-256 {digest}")
    print("Copy it into dist/ of a checkout of the same version and run: make up OFFLINE=1")


def download(folder: Path) -> None:
    """Fetch the locked wheels; pip compares each with the lock file's hashes."""
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--no-deps"]
    command += ["--require-hashes", "--only-binary", ":all:", "--dest", str(folder)]
    command += ["-r", str(ROOT / "requirements" / "runtime.txt")]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        cause, remedy = cause_of(done.stderr + done.stdout, offline=False)
        sys.exit(f"garrison: {cause}\n  {remedy}")


def write(target: Path, folder: Path) -> None:
    """Write the archive: the manifest first, then the wheels and the console's files by name, without times and owners."""
    files = {f"wheels/{path.name}": path.read_bytes() for path in sorted(folder.glob("*.whl"))}
    built = build_console.BUILT
    for path in sorted(path for path in built.rglob("*") if path.is_file()):
        files[f"console/{path.relative_to(built).as_posix()}"] = path.read_bytes()
    manifest = {
        "format": FORMAT,
        "platform": this_platform(),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    partial = target.with_suffix(".partial")
    with tarfile.open(partial, "w", format=tarfile.PAX_FORMAT) as tar:
        add(tar, MANIFEST, json.dumps(manifest, indent=1).encode())
        for name, content in files.items():
            add(tar, name, content)
    partial.replace(target)


def add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """Append one regular file."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mode = 0o644
    tar.addfile(member, io.BytesIO(content))


if __name__ == "__main__":
    main()
