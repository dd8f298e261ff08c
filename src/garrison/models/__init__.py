"""The models of Garrison's own services, in botocore's form: for the wire, and for clients that install them."""

from __future__ import annotations

from pathlib import Path

MODELS = Path(__file__).parent
"""A folder of models: `<service>/<version>/service-2.json`."""
