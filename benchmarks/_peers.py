"""Peers in environments of their own: what they depend on must not meet what Garrison does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "build" / "peers"


def environment(name: str, *packages: str) -> Path:
    """The environment of a peer, made where it is missing; `packages` where they are not of its name."""
    folder = PEERS / name
    if not (folder / "ready").exists():
        print(f"installing {name} into {folder.relative_to(ROOT)} …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "-q", *(packages or [name])], check=True)
        (folder / "ready").touch()
    return folder


def answer_of(name: str, script: str, *arguments: str) -> dict[str, Any]:
    """What a script prints as JSON in the environment of a peer."""
    command = [str(environment(name) / "bin" / "python"), "-c", script, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))
