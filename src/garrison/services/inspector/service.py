"""The service that this package's operations belong to, and its file."""

from garrison.services.inspector.storage import FILE
from garrison.services.registry import Service

PRINCIPAL = "inspector.amazonaws.com"
"""The service's principal: who publishes to topics."""
service = Service("inspector")
service.keeps(FILE)
