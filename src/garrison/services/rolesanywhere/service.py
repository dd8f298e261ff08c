"""The IAM Roles Anywhere service object that the operations' modules register with, and its one operation beyond botocore's model."""

from __future__ import annotations

from garrison.models import MODELS
from garrison.services.registry import Service
from garrison.wire.model import add_model_folder

add_model_folder(MODELS)
service = Service("rolesanywhere")
