"""The AWS WAF service object that the operations' modules register with."""

from garrison.lake.place import WAF_TABLE
from garrison.services.registry import Service
from garrison.services.wafv2.records.file import FILE

service = Service("wafv2")
service.keeps(FILE, feeds=WAF_TABLE)
