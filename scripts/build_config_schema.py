"""Build the table of AWS Config's property names that `garrison.collect` names configurations by.

Source: awslabs/aws-config-resource-schema (Apache-2.0), the archive `config/config-resource-schema.tar.gz` of the suites. Run it with
the suites' folder: `python scripts/build_config_schema.py ../shared/suites`.
"""

from __future__ import annotations

import gzip
import json
import sys
import tarfile
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "garrison" / "collect" / "data" / "config-properties.json.gz"
KEPT = ("configuration.", "supplementaryConfiguration.")


def properties(archive: Path) -> dict[str, dict[str, str]]:
    """By resource type, what each property path of configuration and supplementary configuration is."""
    found = {}
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            if "/resource-types/" in member.name and member.isfile():
                read = tar.extractfile(member)
                assert read is not None
                kind = Path(member.name).name.removesuffix(".properties.json")
                found[kind] = {path: what for path, what in json.load(read).items() if path.startswith(KEPT)}
    return dict(sorted(found.items()))


def main() -> None:
    """Write the table."""
    table = properties(Path(sys.argv[1]) / "config" / "config-resource-schema.tar.gz")
    data = json.dumps(table, separators=(",", ":"), sort_keys=True).encode()
    TARGET.write_bytes(gzip.compress(data, 9, mtime=0))
    sys.stdout.write(f"{len(table)} types, {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
