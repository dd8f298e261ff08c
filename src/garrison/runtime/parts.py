"""Open the parts of a home for one process: settings, clock, root key, store and the index of recent events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from garrison import services
from garrison.clock import Clock
from garrison.federation import Fetcher
from garrison.journal import RecentEvents
from garrison.outgoing import Mail, MailSettings, Outgoing
from garrison.runtime.clocks import open_clock
from garrison.runtime.home import Home
from garrison.runtime.root_key import open_root_key
from garrison.services.call import Parts
from garrison.settings import Settings
from garrison.store import open_store


@dataclass(slots=True)
class Opened:
    """A home's parts, open; `close` them."""

    home: Home
    settings: Settings
    clock: Clock
    parts: Parts

    def close(self) -> None:
        """Close store and index."""
        self.parts.recent.close()
        self.parts.store.close()


def open_parts(settings: Settings, *, makes_indexes: bool = False) -> Opened:
    """Open an existing home; raises `OperatorError` and destroys nothing where something is missing or of another version.

    The indexes of resource types are made where they are missing, which loads every service: the background process does so,
    and everyone else is ready sooner.
    """
    home = Home(settings.home_path)
    if home.exists:
        home.check_version()
    home.check_private()
    if any((settings.home_path / "lake").glob("kept*")):  # a restore was stopped as its last step began
        take_back_lake(settings)
    clock = open_clock(settings)
    root_key = open_root_key(settings)
    kinds = services.resource_types() if makes_indexes else ()
    store = open_store(settings.effective_store_url, root_key, clock, kinds)
    recent = RecentEvents(home.recent_file, retention=timedelta(days=settings.retention_days))
    fetcher = Fetcher(settings.identity_provider_hosts)
    parts = Parts(
        settings=settings,
        store=store,
        root_key=root_key,
        recent=recent,
        fetcher=fetcher,
        outgoing=Outgoing(settings.outgoing_hosts),
        mail=Mail(_mail_settings(settings)),
    )
    return Opened(home, settings, clock, parts)


def take_back_lake(settings: Settings) -> None:
    """Make a lake of what a restored backup brought, where there is such."""
    from garrison.lake.kept import take_back
    from garrison.lake.place import place_of

    take_back(place_of(settings))


def _mail_settings(settings: Settings) -> MailSettings:
    return MailSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from or (f"garrison@{settings.smtp_host}" if settings.smtp_host else ""),
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password_file=settings.smtp_password_file,
    )
