"""The service object of the preview's API, whose operations need the actions of today's names."""

from garrison.services.registry import Service

service = Service("inspector-2015-08-18")
