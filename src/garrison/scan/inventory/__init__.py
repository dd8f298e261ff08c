"""What a host or an image holds: its platform, packages, listeners, users, services and settings.

with Folder("/mnt/disk") as root:
    inventory = take(root)
root.unread    # what could not be looked at
"""

from garrison.scan.inventory.facts import Inventory, Listener, Package, Platform, Service, User
from garrison.scan.inventory.taking import add_languages, take

__all__ = ["Inventory", "Listener", "Package", "Platform", "Service", "User", "add_languages", "take"]
