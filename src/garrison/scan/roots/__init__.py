"""Root file systems that are read, never trusted: this host's, one that is mounted somewhere, an image's.

    root = Folder("/mnt/disk")
    text = root.read("/etc/os-release")
    root = Image("image.tar")

A path is always absolute and means a place inside the root: no link leads out of it.
"""

from garrison.scan.roots.folder import Folder
from garrison.scan.roots.image import Image, NotAnImage
from garrison.scan.roots.root import MOST_FILE_BYTES, Entry, Kind, Root, Unread

__all__ = ["MOST_FILE_BYTES", "Entry", "Folder", "Image", "Kind", "NotAnImage", "Root", "Unread"]
