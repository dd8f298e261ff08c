"""`garrison waf proxy`: a reverse proxy with a web ACL in it."""

from __future__ import annotations

from pathlib import Path
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
from garrison.errors import OperatorError

if TYPE_CHECKING:
    import ssl

    from garrison.adapters.attached import Attached
    from garrison.adapters.edge.connection import Handler

DEFAULT_LISTEN = "127.0.0.1:8080"


def proxy(
    upstream: Annotated[str, typer.Option("--upstream", help="The application: http://127.0.0.1:8000")],
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
    answer_seconds: Annotated[
        float, typer.Option("--answer-seconds", min=0.1, help="How long the application may be silent.")
    ] = 60.0,
    upstream_ca: Annotated[
        Path | None, typer.Option("--upstream-ca", help="Certificates that the application's must lead to.")
    ] = None,
    tls_certificate: Annotated[
        Path | None, typer.Option("--tls-certificate", help="Serve TLS with this certificate.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="Its private key.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pass requests to an application, but those that a web ACL blocks, until told to stop."""
    from garrison.adapters.edge.serving import listen as listening_at
    from garrison.adapters.edge.serving import name_of
    from garrison.adapters.proxy.pool import Pool
    from garrison.cli.waf.serving import run

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
    authorities = str(upstream_ca) if upstream_ca is not None else None
    Pool(upstream, ca_bundle=authorities)  # what is wrong with it is said now
    tls = _tls(tls_certificate, tls_key)

    def handler(attached: Attached) -> Handler:
        from garrison.adapters.edge.limits import Limits
        from garrison.adapters.proxy.handler import ProxyHandler

        pool = Pool(upstream, ca_bundle=authorities)
        return ProxyHandler(attached, pool, Limits(), answer_seconds=answer_seconds)

    listening = listening_at(listen)
    says = f"{web_acl or bundle} stands before {upstream} at {name_of(listening, has_tls=tls is not None)}."
    run(listening, settings, handler, workers, as_json, says, tls)


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    import ssl

    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise OperatorError("TLS needs a certificate and its key.", "Give --tls-certificate and --tls-key.")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as problem:
        raise OperatorError(f"{certificate} and {key} cannot be used: {problem}.", "Give others, in PEM.") from None
    return context
