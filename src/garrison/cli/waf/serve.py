"""`garrison waf serve`: decide for proxies that ask, Envoy and nginx."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.waf.options import (
    DEFAULT_BODY_BYTES,
    BodyOption,
    BundleOption,
    CrashOption,
    EndpointOption,
    ListsOption,
    LogOption,
    NoAclOption,
    OversizeOption,
    RedisOption,
    RegionOption,
    ScopeOption,
    StateOption,
    TrustedOption,
    WebAclOption,
    WorkersOption,
    settings_of,
)

if TYPE_CHECKING:
    from garrison.adapters.attached import Attached
    from garrison.adapters.edge.connection import Handler

DEFAULT_LISTEN = "127.0.0.1:9300"


class Proxy(StrEnum):
    """The proxies that there is a ready configuration for."""

    ENVOY = "envoy"
    NGINX = "nginx"
    NGINX_AUTH_REQUEST = "nginx-auth-request"


def serve(
    web_acl: WebAclOption = "",
    listen: Annotated[str, typer.Option("--listen", help="HOST:PORT or unix:PATH.")] = DEFAULT_LISTEN,
    workers: WorkersOption = 1,
    scope: ScopeOption = "REGIONAL",
    bundle: BundleOption = None,
    endpoint_url: EndpointOption = None,
    region: RegionOption = None,
    state: StateOption = None,
    lists: ListsOption = None,
    trusted_proxies: TrustedOption = "",
    body_bytes: BodyOption = DEFAULT_BODY_BYTES,
    no_acl: NoAclOption = "closed",
    crash: CrashOption = "closed",
    oversize: OversizeOption = "open",
    redis: RedisOption = None,
    log_file: LogOption = None,
    print_config: Annotated[
        Proxy | None, typer.Option("--print-config", help="Print a ready configuration of this proxy and end.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide for Envoy (ext_authz) and nginx (auth_request, or with bodies) by a web ACL, until told to stop."""
    from garrison.adapters.edge.serving import listen as listening_at
    from garrison.adapters.edge.serving import name_of
    from garrison.cli.waf.serving import run

    if print_config is not None:
        from garrison.adapters.configurations import configuration

        sys.stdout.write(configuration(print_config.value, listen, body_bytes, crash))
        return
    settings = settings_of(
        home,
        trusted_proxies,
        web_acl=web_acl,
        scope=scope,
        bundle=bundle,
        endpoint_url=endpoint_url,
        region=region,
        state=state,
        lists=lists,
        body_bytes=body_bytes,
        no_acl=no_acl,
        crash=crash,
        oversize=oversize,
        redis=redis,
        log_file=log_file,
    )
    listening = listening_at(listen)
    says = (
        f"{web_acl or bundle} decides at {name_of(listening)}; a proxy's configuration: --print-config envoy or nginx."
    )
    run(listening, settings, _handler, workers, as_json, says)


def _handler(attached: Attached) -> Handler:
    from garrison.adapters.authz.handler import AuthzHandler
    from garrison.adapters.edge.limits import Limits

    return AuthzHandler(attached, Limits())
