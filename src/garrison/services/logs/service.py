"""The service that this package's operations belong to."""

from garrison.services.registry import Service

service = Service("logs")
service.keeps("logs/events.db")
