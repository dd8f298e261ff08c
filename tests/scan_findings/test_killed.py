"""A scan that is killed half-way leaves what was found before, and of what it found whole hosts only."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from garrison.scan_findings import FILE, ScanFindings

SCAN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from garrison.scan_findings import Found, Scan, ScanFindings, Target, recording

kept = ScanFindings(Path(sys.argv[1]), sync=True)
number = 0
while True:
    target = Target("123456789012", "eu-west-1", "AWS_EC2_INSTANCE", f"i-{number:017x}")
    found = [
        Found(subject=f"CVE-2026-{one}", type="PACKAGE_VULNERABILITY", severity="HIGH", title="a flaw", body={}, packages=("a",))
        for one in range(20)
    ]
    with kept.writing() as db:
        recording.record(db, target, Scan.PACKAGE, found, at=datetime(2026, 3, 1, tzinfo=UTC))
    number += 1
    print(number, flush=True)
"""


def test_a_scan_that_is_killed_leaves_whole_hosts(tmp_path: Path) -> None:
    path = tmp_path / FILE
    scan = subprocess.Popen([sys.executable, "-c", SCAN, str(path)], stdout=subprocess.PIPE, text=True)
    assert scan.stdout is not None
    for _ in range(3):
        scan.stdout.readline()
    time.sleep(datetime.now(UTC).microsecond / 1e8)  # at any point of a transaction
    scan.send_signal(signal.SIGKILL)
    said = 3 + len(scan.stdout.readlines())
    scan.wait()
    kept = ScanFindings(path, sync=True)
    with kept.reading() as db:
        counts = dict(db.execute("SELECT resource, count(*) FROM finding GROUP BY resource"))
        (packages,) = db.execute("SELECT count(*) FROM package").fetchone()
        (changes,) = db.execute("SELECT count(*) FROM change").fetchone()
    kept.close()
    assert set(counts.values()) == {20}
    assert len(counts) in (said, said + 1)
    assert packages == changes == 20 * len(counts)
