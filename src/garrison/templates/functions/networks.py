"""Fn::Cidr: the first networks of a size within a larger one."""

from __future__ import annotations

from ipaddress import ip_network
from itertools import islice
from typing import Any

from garrison.templates.evaluation import worked_out
from garrison.templates.faults import TemplateInvalid
from garrison.templates.scope import Scope
from garrison.templates.unknown import Unknown

_MOST = 256
CIDR = "Template error: every Fn::Cidr object requires two parameters, (1) an IP address block and (2) a count, or three, with (3) the number of subnet bits"


def cidr(argument: Any, scope: Scope) -> Any:
    """`count` networks of `bits` host bits (8 where it is not given) in a block. Source: User Guide, "Fn::Cidr"."""
    if not isinstance(argument, list) or not 2 <= len(argument) <= 3:
        raise TemplateInvalid(CIDR)
    values = [worked_out(each, scope) for each in argument]
    if found := next((one for one in values if isinstance(one, Unknown)), None):
        return found
    block, count = values[0], _whole(values[1])
    bits = _whole(values[2]) if len(values) == 3 else 8
    if not isinstance(block, str) or not 1 <= count <= _MOST:
        raise TemplateInvalid(f"{CIDR}; the count is from 1 to {_MOST}")
    try:
        network = ip_network(block)
        prefix = network.max_prefixlen - bits
        made = [str(one) for one in islice(network.subnets(new_prefix=prefix), count)]
    except ValueError as error:
        raise TemplateInvalid(f"Template error: Fn::Cidr cannot divide {block}: {error}") from None
    if len(made) < count:
        raise TemplateInvalid(f"Template error: Fn::Cidr cannot make {count} blocks of {bits} subnet bits in {block}")
    return made


def _whole(found: Any) -> int:
    try:
        if isinstance(found, bool) or len(str(found)) > 6:
            raise ValueError
        return int(found)
    except (ValueError, TypeError):
        raise TemplateInvalid(CIDR) from None
