"""What a host or an image holds: its platform, packages, listeners, users, services and settings."""

from garrison.scan.inventory.facts import Inventory, Listener, Package, Platform, Service, User

__all__ = ["Inventory", "Listener", "Package", "Platform", "Service", "User"]
