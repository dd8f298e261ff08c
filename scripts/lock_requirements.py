"""Lock every dependency by version and hash: one resolution for all purposes, cut into one file for each.

`requirements/dev.txt` locks everything together, for every platform and for Python 3.11 and later; `runtime.txt`, `test.txt`,
`lint.txt`, `bench.txt` and `lock.txt` are parts of it, so the same package never has two versions; `salt.txt` and
`console.txt` are for environments apart. No file names an address: where packages come from is the business of the machine that installs them. `make lock` runs this.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements"
EVERYTHING = ["--all-extras", "--group", "dev"]
PARTS = {
    "runtime": ["--group", "editable"],
    "test": ["--all-extras", "--group", "test"],
    "lint": ["--all-extras", "--group", "test", "--group", "lint"],
    "bench": ["--all-extras", "--group", "test", "--group", "bench"],
    "lock": ["--group", "lock"],
}

APART = ("salt", "console")


def main() -> None:
    """Write the whole and its parts; with `--upgrade`, look for newer versions."""
    compile_requirements("dev", ["pyproject.toml", *EVERYTHING, *(["--upgrade"] if "--upgrade" in sys.argv else [])])
    for name, what in PARTS.items():
        compile_requirements(name, ["pyproject.toml", *what, "--constraint", "requirements/dev.txt"])
    for name in APART:
        compile_requirements(name, ["--group", name])


def compile_requirements(name: str, what: list[str]) -> None:
    """Resolve and write one file; ends with a message where it names an address."""
    target = REQUIREMENTS / f"{name}.txt"
    command = [sys.executable, "-m", "uv", "pip", "compile", *what, "--universal"]
    command += ["--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header", "--quiet"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--output-file", str(target)]
    subprocess.run(command, cwd=ROOT, check=True)
    if re.search(r"https?://|file:|^-", target.read_text(), re.MULTILINE):
        sys.exit(f"{target.name} names an address or an index")


if __name__ == "__main__":
    main()
