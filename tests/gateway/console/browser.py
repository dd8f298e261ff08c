"""A browser's requests to the console's port, as far as tests need one: cookies, an origin, and what it says of where a request is from."""

from __future__ import annotations

import http.client
import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from garrison.testing import Account, Principal
from garrison.testing.clients import Credentials

SESSION = "/_garrison/console/session"
RENEWAL = f"{SESSION}/renew"
OFFER = f"{SESSION}/offer"


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as JSON."""
        return dict(json.loads(self.body))


class Browser:
    """One person's browser with the console open."""

    def __init__(self, account: Account) -> None:
        assert account.console is not None
        self.account = account
        parts = urlsplit(account.console)
        self.place = parts.netloc
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.cookie: str | None = None
        self.renewal_key: str | None = None

    def send(
        self, method: str, path: str, body: Any = None, *, origin: str | None = "", **headers: str | None
    ) -> Answer:
        """Send a request as the console's page does; an `origin` of its own or none, and headers that differ."""
        sent: dict[str, str | None] = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        sent |= {"Origin": self.origin if origin == "" else origin, "Cookie": self.cookie}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.place, timeout=30)
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            connection.request(method, path, data, {name: value for name, value in sent.items() if value is not None})
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def sign_in(self, **form: Any) -> Answer:
        """Sign in and keep what a browser keeps."""
        answer = self.send("POST", SESSION, form)
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
            self.renewal_key = answer.json["renewalKey"]
        return answer

    def renew(self, **headers: str | None) -> Answer:
        """Ask for fresh credentials."""
        return self.send("POST", RENEWAL, {"renewalKey": self.renewal_key}, **headers)

    def principal(self, answer: Answer) -> Principal:
        """Who an answer lets call."""
        assert answer.status == 200, answer
        made = answer.json["credentials"]
        credentials = Credentials(made["accessKeyId"], made["secretAccessKey"], made["sessionToken"])
        return Principal(self.account, answer.json["identity"]["arn"], credentials)
