"""The Config service object that the operations' modules register with."""

from garrison.inventory import INVENTORY_FILE
from garrison.services.registry import Service
from garrison.verdicts import FILE

service = Service("config")
service.keeps(INVENTORY_FILE)
service.keeps(FILE)
