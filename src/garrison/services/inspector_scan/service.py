"""The Inspector Scan service object."""

from garrison.services.registry import Service

service = Service("inspector-scan")
