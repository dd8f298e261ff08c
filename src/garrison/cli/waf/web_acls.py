"""Which web ACL a command is about: one of the server, by its name or ARN, or one in a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from garrison.errors import OperatorError
from garrison.waf.bundle import Bundle, decode
from garrison.waf.drafts import MOST_FILE_BYTES, NoDraft, read_draft

WebAclOption = Annotated[str | None, typer.Option("--web-acl", help="The web ACL's name or ARN, on the server.")]
BundleOption = Annotated[
    Path | None, typer.Option("--bundle", help="A file with the web ACL: from `garrison waf export`, or `get-web-acl`.")
]
ScopeOption = Annotated[str, typer.Option("--scope", help="REGIONAL or CLOUDFRONT.")]


def bundle_of(home: Path | None, web_acl: str | None, file: Path | None, scope: str) -> Bundle:
    """The web ACL that the options name; a file's is completed by the server's where both are given. Raises OperatorError."""
    if web_acl is None and file is None:
        raise OperatorError(
            "No web ACL is named.", "Give --web-acl with a name of the server, or --bundle with a file."
        )
    beside = bundle_on_server(home, web_acl, scope) if web_acl is not None else None
    if file is None:
        assert beside is not None
        return beside
    return bundle_in(file, beside)


def bundle_on_server(home: Path | None, web_acl: str, scope: str) -> Bundle:
    """A web ACL of the home's account; raises ApiError."""
    from garrison.cli.rooted import root_of

    named = {"WebAclArn": web_acl} if web_acl.startswith("arn:") else {"Name": web_acl, "Scope": scope}
    with root_of(home) as (_, root):
        answer = root.call("garrison", "GetWebAclBundle", **named)
    return decode(answer["Bundle"].encode())


def bundle_in(file: Path, beside: Bundle | None = None) -> Bundle:
    """A web ACL in a file; raises OperatorError."""
    try:
        return read_draft(content_of(file, MOST_FILE_BYTES), beside=beside)
    except NoDraft as problem:
        raise OperatorError(f"{file}: {problem}.", "Give what `garrison waf export` or `get-web-acl` wrote.") from None


def content_of(file: Path, most_bytes: int) -> bytes:
    """A file's bytes, or those of standard input for `-`; raises OperatorError where it is too large or cannot be read."""
    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as source:
            data = source.read(most_bytes + 1)
    except OSError as problem:
        raise OperatorError(f"{file} cannot be read: {problem.strerror}.", "Give another file.") from None
    if len(data) > most_bytes:
        raise OperatorError(f"{file} is larger than {most_bytes} bytes.", "Give less at a time.")
    return data
