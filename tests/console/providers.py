"""The identity providers whose buttons the sign-in page has: one of OpenID Connect and one of SAML, both real, on ports of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from garrison.testing import Account

from ..federation.openid import Provider, running

ACCOUNT = "111122223333"
"""The account's id, which stands in the providers' ARNs before there is an account."""
CLIENT = "console"


class Providers:
    """Both of them, and what the server's settings say of them."""

    def __init__(self, openid: Provider, folder: Path) -> None:
        self._folder = folder
        self._form = ""
        self.openid = openid
        outer = self

        class Page(BaseHTTPRequestHandler):
            """Where the SAML provider's people choose to go on."""

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(outer._form.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.saml_page = f"http://127.0.0.1:{self.server.server_port}/"

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of an account that offers both."""
        secret = self._folder / "client-secret"
        secret.write_text("any\n")
        secret.chmod(0o600)
        arn = f"arn:aws:iam::{ACCOUNT}"
        corp = {
            "provider": f"{arn}:oidc-provider/{self.openid.name}",
            "client_id": CLIENT,
            "client_secret_file": str(secret),
            "role": f"{arn}:role/staff",
        }
        adfs = {"provider": f"{arn}:saml-provider/adfs", "url": self.saml_page}
        return {
            "account_id": ACCOUNT,
            "identity_provider_hosts": [self.openid.name],
            "console_providers": {"corp": corp, "adfs": adfs},
        }

    def join(self, account: Account, subject: str) -> None:
        """Make the providers and the role `staff` known to the account; the SAML provider vouches for `subject`."""
        from ..federation.saml_idp import IdentityProvider, encoded

        saml, iam, own = IdentityProvider(self._folder / "saml"), account.client("iam"), f"{account.endpoint}/saml"
        oidc_arn = iam.create_open_id_connect_provider(Url=self.openid.issuer, ClientIDList=[CLIENT])
        saml_arn = iam.create_saml_provider(Name="adfs", SAMLMetadataDocument=saml.metadata)["SAMLProviderArn"]
        trusted = [
            (oidc_arn["OpenIDConnectProviderArn"], "WebIdentity", {f"{self.openid.name}:aud": CLIENT}),
            (saml_arn, "SAML", {"saml:aud": own}),
        ]
        statements = [
            {
                "Effect": "Allow",
                "Principal": {"Federated": arn},
                "Action": f"sts:AssumeRoleWith{kind}",
                "Condition": {"StringEquals": condition},
            }
            for arn, kind, condition in trusted
        ]
        role = account.role("staff", ["ReadOnlyAccess"], trust={"Version": "2012-10-17", "Statement": statements})
        answers = [
            encoded(saml.response(subject, role.arn, saml_arn, recipient=own)) for _ in range(2)
        ]  # each holds once
        buttons = "".join(
            f'<form method="post" action="{own}"><input type="hidden" name="SAMLResponse" value="{answer}">'
            f"<button>{word} as {subject}</button></form>"
            for word, answer in zip(("Go", "Go again"), answers, strict=True)
        )
        self._form = f"<!doctype html><title>ADFS</title>{buttons}"


@contextmanager
def both(folder: Path) -> Iterator[Providers]:
    """The two providers, running."""
    with running() as openid:
        providers = Providers(openid, folder)
        thread = threading.Thread(target=providers.server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield providers
        finally:
            providers.server.shutdown()
            thread.join()
            providers.server.server_close()
