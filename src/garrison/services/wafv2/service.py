"""The AWS WAF service object that the operations' modules register with."""

from garrison.services.registry import Service

service = Service("wafv2")
