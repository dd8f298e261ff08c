"""NORMALIZE_PATH and NORMALIZE_PATH_WIN: one spelling for every path to a file."""

from __future__ import annotations

from garrison.waf.transformations.registry import transformation


@transformation("NORMALIZE_PATH", example=(b"/img//./a/../../etc/passwd", b"/etc/passwd"))
def normalize_path(value: bytes) -> bytes:
    """Removes multiple slashes, references to the directory itself, and back-references that are not at the beginning. Above the root
    there is nothing, so that those of an absolute path vanish."""
    if b"//" not in value and b"/." not in value and value[:1] != b".":
        return value
    rooted, closed = value[:1] == b"/", value[-1:] == b"/"
    kept: list[bytes] = []
    for part in value.split(b"/"):
        if part in (b"", b"."):
            continue
        if part != b"..":
            kept.append(part)
        elif kept and kept[-1] != b"..":
            kept.pop()
        elif not rooted:
            kept.append(part)
    path = b"/".join(kept)
    return (b"/" if rooted else b"") + path + (b"/" if closed and path else b"")


@transformation("NORMALIZE_PATH_WIN", example=(b"..\\a\\.\\b", b"../a/b"))
def normalize_windows_path(value: bytes) -> bytes:
    """Converts backslashes to slashes and then does as NORMALIZE_PATH."""
    return normalize_path(value.replace(b"\\", b"/") if b"\\" in value else value)
