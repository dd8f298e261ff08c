"""The IAM Roles Anywhere service object that the operations' modules register with, and its one operation beyond botocore's model."""

from __future__ import annotations

from garrison.services.registry import Service

service = Service("rolesanywhere")
