"""`garrison waf export`: a web ACL with all it refers to as one file, for adapters without a control plane."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit, save
from garrison.cli.waf.web_acls import ScopeOption, bundle_on_server
from garrison.waf.bundle import encode


def export(
    web_acl: Annotated[str, typer.Argument(help="The web ACL's name or ARN, on the server.")],
    output: Annotated[Path | None, typer.Option("--output", help="The file; else standard output.")] = None,
    scope: ScopeOption = "REGIONAL",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a web ACL as a bundle. An adapter that is given the file follows its changes."""
    bundle = bundle_on_server(home, web_acl, scope)
    if output is None:
        save(encode(bundle) + b"\n", None)
        return
    save(encode(bundle) + b"\n", output)
    told = {"output": str(output), "digest": bundle.digest, "rules": len(bundle.web_acl.rules)}
    emit(told, as_json, f"{output}: {bundle.web_acl.name} with {len(bundle.web_acl.rules)} rules.")
