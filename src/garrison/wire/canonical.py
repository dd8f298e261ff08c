"""The canonical form of a request, which is what SigV4 signs (IAM User Guide, "Create a signed AWS API request")."""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes

from garrison.wire.http import HttpRequest


def octets(text: str) -> bytes:
    """The bytes that came over the network for a text decoded as Latin-1 (or, from a library's caller, UTF-8)."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def normal_path(path: str) -> str:
    """A path without empty and dot segments (RFC 3986 section 5.2.4), which is how services other than S3 see it."""
    if "//" not in path and "/." not in path:
        return path or "/"
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if kept:
                kept.pop()
        elif segment and segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if path.endswith("/") and kept else "")


def canonical_path(path: str, is_s3: bool) -> str:
    """The path as signed: S3's as sent, others' normalised and encoded once more."""
    if path == "/" or not path:
        return "/"
    if is_s3:
        return path
    return quote(octets(normal_path(path)), safe="/-_.~")


def _canonical_part(text: str) -> str:
    if text.isalnum() and text.isascii():
        return text
    return quote(unquote_to_bytes(octets(text.replace("+", " "))), safe="-_.~")


def canonical_query(query: str, without: str | None = None) -> str:
    """The query's parameters encoded and sorted by name, then value; `without` leaves one name out (the signature)."""
    if not query:
        return ""
    pairs = []
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((_canonical_part(name), _canonical_part(value)))
    pairs.sort()
    return "&".join([f"{name}={value}" for name, value in pairs if name != without])


def _trimmed(value: str) -> str:
    """A header's value without outer blanks and with inner runs of them made one space.

    Only the blanks of HTTP count: `str.split` would also eat bytes of UTF-8 text such as 0xA0.
    """
    value = value.strip(" \t\r\n")
    if "  " in value or "\t" in value or "\n" in value:
        value = value.replace("\t", " ").replace("\r", " ").replace("\n", " ")
        value = " ".join([word for word in value.split(" ") if word])
    return value


def canonical_headers(request: HttpRequest, signed: tuple[str, ...]) -> str:
    """The signed headers, one `name:value` a line as listed; several of one name are joined in order of arrival."""
    values = request.single_headers()
    if values is not None:
        return "".join([f"{name}:{_trimmed(values.get(name, ''))}\n" for name in signed])
    wanted = dict.fromkeys(signed, "")
    seen: set[str] = set()
    for name, value in request.headers:
        if name in wanted:
            if name in seen:
                wanted[name] = f"{wanted[name]},{_trimmed(value)}"
            else:
                wanted[name] = _trimmed(value)
                seen.add(name)
    return "".join([f"{name}:{wanted[name]}\n" for name in signed])
