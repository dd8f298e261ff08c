"""The `garrison` service object that the operations' modules register with, and the model that describes it to clients."""

from __future__ import annotations

from garrison.hosts import FILE
from garrison.services.registry import Service

service = Service("garrison")
service.keeps(FILE)
