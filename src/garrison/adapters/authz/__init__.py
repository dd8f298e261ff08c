"""Decide for proxies that ask: Envoy's `ext_authz` over HTTP, nginx's `auth_request`, and nginx passing bodies along."""
