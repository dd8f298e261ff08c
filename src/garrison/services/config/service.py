"""The Config service object that the operations' modules register with."""

from garrison.inventory import INVENTORY_FILE
from garrison.services.registry import Service
from garrison.verdicts import FILE

PRINCIPAL = "config.amazonaws.com"
"""The service's principal: who calls where Config calls others, and whom roles and policies must trust."""
service = Service("config")
service.keeps(INVENTORY_FILE)
service.keeps(FILE)
