"""The console's built files, read once into a table of names: what a request names is looked up there, never in the file system."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import NamedTuple

from garrison.wire.http import HttpRequest, HttpResponse

BUILT = Path(__file__).parent / "built"
"""Where `scripts/build_console.py` puts what it builds."""
INDEX = "index.html"
HASHED = "assets/"
"""The folder of those files whose names change with their content."""

_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""Content types; what is of no such kind is not served."""
_CODINGS = (("br", ".br"), ("gzip", ".gz"))
"""The content codings that the build makes, best first."""
_FOREVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"


class Asset(NamedTuple):
    """A file in every form in which it is sent."""

    kind: str
    etag: str
    cache: str
    forms: dict[str, bytes]
    """Its bytes by content coding: `br` and `gzip`, or as they are under the empty name where compressing gains nothing."""


def load(folder: Path = BUILT) -> dict[str, Asset]:
    """The files of a folder by their paths below it; empty where nothing is built."""
    files = [path for path in folder.rglob("*") if path.suffix in _KINDS and path.is_file() and not path.is_symlink()]
    return {path.relative_to(folder).as_posix(): _read(path, path.relative_to(folder).as_posix()) for path in files}


def _read(path: Path, name: str) -> Asset:
    content = path.read_bytes()
    forms = {
        coding: packed.read_bytes()
        for coding, suffix in _CODINGS
        if (packed := path.with_name(path.name + suffix)).is_file()
    }
    etag = hashlib.sha256(content).hexdigest()[:32]
    cache = _FOREVER if name.startswith(HASHED) else _ASK_FIRST
    # Few browsers ask for the plain form of what is packed: it is unpacked for them.
    return Asset(_KINDS[path.suffix], etag, cache, forms if "gzip" in forms else {"": content})


def answer_with(asset: Asset, request: HttpRequest) -> HttpResponse:
    """An asset in the form that a browser takes, or that it has it already."""
    coding = _coding(request.header("accept-encoding", "") or "", asset.forms)
    etag = f'"{asset.etag}-{coding}"' if coding else f'"{asset.etag}"'
    headers = [("etag", etag), ("cache-control", asset.cache), ("vary", "Accept-Encoding")]
    if etag in (request.header("if-none-match", "") or ""):
        return HttpResponse(304, headers)
    headers.append(("content-type", asset.kind))
    if coding:
        headers.append(("content-encoding", coding))
    body = asset.forms[coding] if coding in asset.forms else gzip.decompress(asset.forms["gzip"])
    return HttpResponse(200, headers, body)


def _coding(accepted: str, forms: dict[str, bytes]) -> str:
    """The best coding that a browser accepts and that there is."""
    names = {
        name.strip().lower()
        for name, _, weight in (each.partition(";") for each in accepted.split(","))
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    }
    return next((coding for coding, _ in _CODINGS if coding in names and coding in forms), "")
