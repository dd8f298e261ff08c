"""What may lie in a home: what a backup takes along, and what it leaves out for a reason. Nothing else belongs there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from garrison import services
from garrison.runtime import archive

LEFT_OUT = {
    r"store\.db": "A backup holds it as the store's snapshot.",
    r".*\.db-(wal|shm)": "What SQLite keeps beside a file; a copy of the file holds all of it.",
    r"config": "Region and endpoint for clients, written at each start.",
    r"garrison\.log": "The log of a detached server, which tells of this machine.",
    r"run/.*": "Lock, address and counts of the server that runs.",
    r"last-backup": "When the last backup was taken: what is restored has none of its own yet.",
    r"spool/wake": "The pipe by which the workers wake the sequencer.",
    r".*\.lock": "Locks, made where they are missing.",
    r".*\.new|(.*/)?\.[^/]+\.[0-9a-f]{8}": "A file that is about to take another's place.",
    r"objects/notes/.*|objects/bytes/.*\.part": "What nothing refers to yet.",
    r"objects/bytes/.*": "Objects' bytes, taken along by what keeps them still.",
    r"sigma/.*": "The operator's own rules, which come from where the operator keeps them.",
    r"exceptions\.toml": "The operator's own decisions, which come from where the operator keeps them.",
    r"accounts/.*": "What was collected of other accounts, which can be collected again.",
    r"vulnerabilities\..*": "The vulnerability database, which is built again from its sources.",
    r"hsm/softhsm2\.conf": "Where SoftHSM's tokens are, written when they are needed.",
    r"hsm/(backups|\.tokens-making)/\..*|hsm/tokens/.*\.making": "A token that is being copied.",
    r"lake/.*": "A backup holds the rows' files and what the table says of them, unless it is taken without the lake.",
}
"""Names in a home (regular expressions) that no backup holds, and why."""

_DATABASE = re.compile(r"[^/]+/[^/]+\.db")


def unaccounted(home: Path) -> list[str]:
    """The files of a home that no backup takes along and that have no reason to be left out: somebody forgot to declare them."""
    kept = {file for name in services.REGISTERED for file in services.load(name).files}
    left_out = [re.compile(pattern) for pattern in LEFT_OUT]
    return [
        name
        for name in _files(home)
        if not (name in kept if _DATABASE.fullmatch(name) else archive.may_hold(name))
        and not any(pattern.fullmatch(name) for pattern in left_out)
    ]


def _files(home: Path) -> Iterator[str]:
    for path in sorted(home.rglob("*")):
        if not path.is_dir():
            yield path.relative_to(home).as_posix()
