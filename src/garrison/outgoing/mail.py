"""Send mail by the one SMTP server that the operator's settings name."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from garrison.errors import OperatorError
from garrison.logs import get_logger
from garrison.outgoing.deadlines import cut_off_after
from garrison.outgoing.failures import Refused, Unreachable
from garrison.reaching import is_this_machine

if TYPE_CHECKING:
    import smtplib
    from email.message import EmailMessage

SECONDS = 30.0
"""For one message, from connecting to the server's last word."""
_STEP_SECONDS = 15.0
_PERMANENT = 500

_log = get_logger("garrison.outgoing")


class MailSettings(NamedTuple):
    """How to reach the mail server."""

    host: str
    """Empty where there is none: then no mail is sent."""
    port: int
    sender: str
    """The address that mail comes from."""
    tls: str
    """`starttls`, `implicit`, or `none`, which is for a server on this machine."""
    user: str = ""
    password_file: str = ""


class Mail:
    """Sends messages, each over a connection of its own."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        if self.is_there and settings.tls == "none" and not is_this_machine(settings.host):
            raise OperatorError(
                f"The mail server {settings.host} would be spoken to in clear.",
                "Set smtp_tls to starttls or implicit; none is for a server on this machine.",
            )

    @property
    def is_there(self) -> bool:
        """Whether the operator has named a server."""
        return bool(self._settings.host)

    @property
    def sender(self) -> str:
        """The address that mail comes from."""
        return self._settings.sender

    def send(self, message: EmailMessage, to: str) -> None:
        """Hand a message to the server; raises `Unreachable`, or `Refused` where the server will not have it."""
        import smtplib

        if not self.is_there:
            raise Refused("The operator has named no mail server (smtp_host)")
        try:
            self._hand_over(message, to)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(*error.recipients[to]) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from None
        except (OSError, smtplib.SMTPException) as error:
            _log.warning("mail_server_unreachable", host=self._settings.host, cause=type(error).__name__)
            raise Unreachable("The mail server could not be reached, or did not answer in time") from None

    def _hand_over(self, message: EmailMessage, to: str) -> None:
        import smtplib
        import ssl

        settings = self._settings
        greeted_as = settings.sender.rpartition("@")[2]
        server = (
            smtplib.SMTP_SSL(local_hostname=greeted_as, timeout=_STEP_SECONDS, context=ssl.create_default_context())
            if settings.tls == "implicit"
            else smtplib.SMTP(local_hostname=greeted_as, timeout=_STEP_SECONDS)
        )
        server._host = settings.host  # type: ignore[attr-defined]  # what TLS proves; only a constructor that connects sets it
        with cut_off_after(SECONDS, lambda: server.sock):
            try:
                server.connect(settings.host, settings.port)
                if settings.tls == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if settings.user:
                    server.login(settings.user, self._password())
                server.send_message(message, settings.sender, [to])
                _say_goodbye(server)
            finally:
                server.close()

    def _password(self) -> str:
        return read_private(Path(self._settings.password_file), "smtp_password_file").strip()


def read_private(path: Path, setting: str) -> str:
    """The content of a secret's file, which nobody but its owner may read; raises `OperatorError`."""
    try:
        with path.open() as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise OperatorError(f"{path} can be read by others.", f"chmod 600 {path}")
            return file.read()
    except (OSError, UnicodeDecodeError):
        raise OperatorError(f"{path} cannot be read.", f"Name a readable file as {setting}.") from None


def _say_goodbye(server: smtplib.SMTP) -> None:
    """The message is taken: what the server says to our leaving no longer matters."""
    import contextlib
    import smtplib

    with contextlib.suppress(OSError, smtplib.SMTPException):
        server.quit()


def _refusal(code: int, said: bytes | str) -> Refused | Unreachable:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    words = f"The mail server answered {code} {text[:200]}"
    return Refused(words) if code >= _PERMANENT else Unreachable(words)
