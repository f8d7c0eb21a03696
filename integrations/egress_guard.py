"""Which addresses the one door opens to: public ones, over https, on port 443 (SR-7.7).

A name is resolved once and **all** of its addresses must be public; what is connected to is an address that
was checked. Python's own properties are not enough: `is_private` misses 100.64.0.0/10, and `is_global` is
true for 224.0.0.1, fec0::1, ::127.0.0.1, ::ffff:0:127.0.0.1 and 64:ff9b::7f00:1. So addresses are unwrapped first,
those of IPv6 have to be of the one range that the public internet uses, and all are asked more than once.
"""

import queue
import socket
import threading
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from integrations.egress_shapes import AddressRefused, Deadline, NotSent

Address = IPv4Address | IPv6Address
CONNECT_SECONDS = 3.0
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_NEVER_V4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
_UNICAST_V6 = IPv6Network("2000::/3")  # all that IANA has given out for the public internet
_NEVER_V6 = (
    IPv6Network("2001:db8::/32"),
    IPv6Network("3fff::/20"),
)
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")  # RFC 8215: each network's own; never public
_COMPATIBLE = IPv6Network("::/96")


def is_public(address: Address) -> bool:
    """Return whether an address, and every IPv4 address wrapped in it, is on the public internet."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in net for net in _NEVER_V4)
    if address.scope_id is not None or address in _NAT64_LOCAL:
        return False
    wrapped = _wrapped(address)
    if wrapped:
        return all(is_public(inner) for inner in wrapped)
    return address in _UNICAST_V6 and address.is_global and not any(address in net for net in _NEVER_V6)


def _wrapped(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses inside: mapped, compatible, NAT64 (RFC 6052), 6to4, Teredo (RFC 4380)."""
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _COMPATIBLE or address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    return address.teredo or ()


def checked_addresses(host: str, port: int, *, loopback: bool, deadline: Deadline) -> list[str]:
    """Resolve a name once; return its addresses when every one of them may be called.

    `loopback` asks the opposite question, for the listed ports of the demo world: then all must be loopback.
    Raises AddressRefused, or NotSent when the name does not resolve in time.
    """
    found = _resolve(host, port, deadline)
    for text in found:
        try:
            address = ip_address(text)
        except ValueError:
            raise AddressRefused("address_not_readable") from None
        if not (address.is_loopback if loopback else is_public(address)):
            raise AddressRefused("address_not_public")
    if not found:
        raise NotSent("name_not_found")
    return found


def _resolve(host: str, port: int, deadline: Deadline) -> list[str]:
    """Ask the system's resolver, which knows no time limit, from a thread that may be left behind."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError())
        else:
            answers.put(list(dict.fromkeys(str(row[4][0]) for row in rows)))

    threading.Thread(target=ask, name="egress-resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=min(CONNECT_SECONDS, deadline.remaining()))
    except queue.Empty:
        raise NotSent("name_not_found_in_time") from None
    if isinstance(answer, OSError):
        raise NotSent("name_not_found")
    return answer
