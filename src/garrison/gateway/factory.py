"""Make a worker and the applications that it serves."""

from __future__ import annotations

from garrison.gateway.app import Application
from garrison.gateway.console.app import ConsoleApplication
from garrison.gateway.worker import Worker
from garrison.settings import Settings


def create(settings: Settings) -> tuple[Application, Worker]:
    """A worker of its own process, and its application."""
    worker = Worker(settings)
    return Application(worker), worker


def create_console(worker: Worker) -> ConsoleApplication:
    """What a worker serves on the console's port."""
    return ConsoleApplication(worker)
