"""Ready configurations of the proxies that ask, with the places of this server filled in."""

from __future__ import annotations

from importlib.resources import files

from garrison.adapters.options import Fail

_FILES = {"envoy": "envoy.yaml", "nginx": "nginx.conf", "nginx-auth-request": "nginx-auth-request.conf"}
_ENVOY_AT_PORT = "socket_address: {{address: {host}, port_value: {port}}}"
_ENVOY_AT_PATH = "pipe: {{path: {path}}}"


def configuration(proxy: str, listen: str, body_bytes: int, crash: str) -> str:
    """The configuration of a proxy that asks a server at `listen`."""
    text = files(__package__).joinpath(_FILES[proxy]).read_text()
    is_path = listen.startswith("unix:")
    host, _, port = listen.rpartition(":")
    envoy = _ENVOY_AT_PATH.format(path=listen[5:]) if is_path else _ENVOY_AT_PORT.format(host=host, port=port)
    is_open = Fail(crash) is Fail.OPEN
    places = {
        "@ENVOY_ADDRESS@": envoy,
        "@NGINX_SERVER@": listen,
        "@BODY_BYTES@": str(body_bytes),
        "@FAIL_OPEN@": str(is_open).lower(),
        "@NGINX_FAILURE@": "@garrison_allowed" if is_open else "@garrison_away",
        "@NGINX_AUTH_FAILURE@": "=204 /garrison_undecided" if is_open else "=403 /garrison_undecided",
        "@NGINX_AUTH_STATUS@": "204" if is_open else "403",
    }
    for place, value in places.items():
        text = text.replace(place, value)
    return text
