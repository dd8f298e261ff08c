"""What a trail makes of events: which it wants, the log files it writes, and the digests that prove them. Pure.

Source: CloudTrail User Guide, "CloudTrail log file examples" and "Validating CloudTrail log file integrity".
"""

from garrison.trails.anchors import Anchor, Unreadable, read_anchors
from garrison.trails.digests import (
    Digest,
    DigestedFile,
    PreviousDigest,
    build_digest,
    digest_key,
)
from garrison.trails.events import TrailEvent, read_event, without_own_part
from garrison.trails.log_files import LogFile, build_log_files, log_file_key, marker_key
from garrison.trails.scope import Scope
from garrison.trails.selection import Selection, compile_selection
from garrison.trails.signing import DigestSigner, SoftwareSigner, fingerprint_of, new_private_key

__all__ = [
    "Anchor",
    "Digest",
    "DigestSigner",
    "DigestedFile",
    "LogFile",
    "PreviousDigest",
    "Scope",
    "Selection",
    "SoftwareSigner",
    "TrailEvent",
    "Unreadable",
    "build_digest",
    "build_log_files",
    "compile_selection",
    "digest_key",
    "fingerprint_of",
    "log_file_key",
    "marker_key",
    "new_private_key",
    "read_anchors",
    "read_event",
    "without_own_part",
]
