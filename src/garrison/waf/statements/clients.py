"""Which client address a statement asks about: where the connection comes from, or what a proxy says in a header.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-forwarded-ip-address.html
"""

from __future__ import annotations

from dataclasses import dataclass

from garrison.waf.addresses import address_number
from garrison.waf.document.statements import ForwardedIPConfig, IPSetForwardedIPConfig
from garrison.waf.fields.headers import header_values
from garrison.waf.request import Request

MOST_FORWARDED = 10
"""Addresses of a header that ANY looks at: the last ones."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The other end of the connection."""

    prefix: str = "awswaf:clientip:"
    """What labels about it begin with."""
    fallback: bool = False
    """The outcome where there is no valid address."""
    text: str = "the connection's address"

    def addresses(self, request: Request) -> tuple[str, ...] | None:
        """The valid addresses to ask about; None: there is no header, and the rule does not apply."""
        return (request.address,) if address_number(request.address) is not None else ()


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What a header says, in which addresses stand between commas. Anything else in it is malformed."""

    header: bytes
    """In lower case."""
    fallback: bool
    position: str = "FIRST"
    prefix: str = "awswaf:forwardedip:"

    @property
    def text(self) -> str:
        return f"{self.position.lower()} of {self.header.decode()}"

    def addresses(self, request: Request) -> tuple[str, ...] | None:
        """See `Origin.addresses`."""
        values = header_values(request, self.header)
        if not values:
            return None
        listed = [each.strip() for each in b",".join(values).decode("latin-1").split(",")]
        if self.position == "ANY":
            return tuple([each for each in listed[-MOST_FORWARDED:] if address_number(each) is not None])
        chosen = listed[0] if self.position == "FIRST" else listed[-1]
        return (chosen,) if address_number(chosen) is not None else ()


Client = Origin | Forwarded


def client(config: ForwardedIPConfig | IPSetForwardedIPConfig | None) -> Client:
    """What the statement's forwarded IP configuration asks for."""
    if config is None:
        return Origin()
    position = config.position if isinstance(config, IPSetForwardedIPConfig) else "FIRST"
    return Forwarded(config.header_name.encode().lower(), config.fallback_behavior == "MATCH", position)
