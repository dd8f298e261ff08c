"""The options of commands that stand in front of applications."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from garrison.adapters.options import BODY_BYTES, Options
from garrison.cli.options import home_of, words
from garrison.errors import OperatorError

WebAclOption = Annotated[str, typer.Option("--web-acl", help="The web ACL's name or ARN.")]
ScopeOption = Annotated[str, typer.Option("--scope", help="REGIONAL or CLOUDFRONT.")]
BundleOption = Annotated[
    Path | None, typer.Option("--bundle", help="A file from `garrison waf export`, in place of a control plane.")
]
EndpointOption = Annotated[
    str | None,
    typer.Option("--endpoint-url", help="The Garrison server; else $AWS_ENDPOINT_URL, else the one of the home."),
]
RegionOption = Annotated[str | None, typer.Option("--region", help="The web ACL's region; else $AWS_REGION.")]
StateOption = Annotated[
    Path | None, typer.Option("--state", help="The folder for the last good web ACL and compiled patterns.")
]
ListsOption = Annotated[
    Path | None, typer.Option("--lists", help="The folder of lists of addresses for rules that follow lists.")
]
TrustedOption = Annotated[
    str, typer.Option("--trusted-proxies", help="Networks whose X-Forwarded-For counts, with commas between.")
]
BodyOption = Annotated[int, typer.Option("--body-bytes", min=0, help="How much of a body is inspected.")]
NoAclOption = Annotated[
    str, typer.Option("--no-acl", help="open or closed: while there is no web ACL, nor one kept from before.")
]
CrashOption = Annotated[str, typer.Option("--crash", help="open or closed: where the engine fails on a request.")]
OversizeOption = Annotated[
    str, typer.Option("--oversize", help="For larger bodies: open lets rules decide by the beginning, closed refuses.")
]
RedisOption = Annotated[
    str | None,
    typer.Option("--redis", help="The URL of a Redis through which hosts count together for rate-based rules."),
]
LogOption = Annotated[Path | None, typer.Option("--log-file", help="Write log records to this file, as JSON lines.")]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, max=256, help="Worker processes.")]
DEFAULT_BODY_BYTES = BODY_BYTES


def settings_of(home: Path | None, trusted: str, **given: Any) -> dict[str, Any]:
    """The settings of an adapter, with the home's own server where no other is named; raises `OperatorError`."""
    settings = {name: value for name, value in given.items() if value is not None}
    settings["trusted_proxies"] = tuple(words(trusted))
    Options(**settings)
    if settings.get("bundle") is None:
        settings |= _control_plane(home, settings)
    return settings


def _control_plane(home: Path | None, settings: dict[str, Any]) -> dict[str, Any]:
    import os

    from garrison.runtime.running import running_server

    if (
        settings.get("endpoint_url")
        or os.environ.get("AWS_ENDPOINT_URL_GARRISON")
        or os.environ.get("AWS_ENDPOINT_URL")
    ):
        return {}
    place = home_of(home)
    running = running_server(place) if place.exists else None
    if running is None or not running["endpoint"]:
        raise OperatorError("There is no control plane.", "Give --endpoint-url, or --bundle with a file.")
    certificate = place.path / "tls" / "certificate.pem"
    trust = {"ca_bundle": str(certificate)} if running["endpoint"].startswith("https:") and certificate.exists() else {}
    return {"endpoint_url": running["endpoint"], **trust}
