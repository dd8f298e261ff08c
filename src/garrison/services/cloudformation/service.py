"""The CloudFormation service object that the operations' modules register with."""

from garrison.services.registry import Service

PRINCIPAL = "cloudformation.amazonaws.com"
"""The service's principal: who calls for a stack's role or caller, and whom such a role must trust."""
service = Service("cloudformation")
