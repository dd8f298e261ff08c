"""Make the application of a worker process: the seam between the HTTP server and the gateway."""

from __future__ import annotations

from garrison.gateway.app import Application
from garrison.gateway.worker import Worker
from garrison.runtime.logs import configure_logs
from garrison.runtime.processes import die_with_parent
from garrison.settings import default_home, load_settings


def create() -> Application:
    """The application factory that the HTTP server calls in each worker process."""
    die_with_parent()
    settings = load_settings(default_home())
    configure_logs(settings.log_level)
    return Application(Worker(settings))
