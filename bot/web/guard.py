"""The guard: it stands where a socket is made, so that no name, spelling, redirect or rebinding gets around it.

What a name meant when it was looked up, or how an address was written, is of no interest here: what counts is the
number that the connection is about to be made to.
"""

import socket

from aiohttp import AddrInfoType, SocketFactoryType

from bot.web.networks import is_public


class NotPublic(OSError):
    """The socket that was asked for would leave the public Internet, or the allowed ports.

    An OSError, as connecting to the other addresses of a name goes on after one; and always with the same text, as
    several different ones would be merged into an OSError of no particular kind (aiohappyeyeballs).
    """

    def __init__(self) -> None:
        super().__init__("not a public address on an allowed port")


def guarded_sockets(ports: frozenset[int]) -> SocketFactoryType:
    """Return what makes sockets for public addresses and these ports, and raises NotPublic for all others."""

    def guarded_socket(addr_info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _name, (address, port, *_) = addr_info
        if (
            family not in {socket.AF_INET, socket.AF_INET6}
            or port not in ports
            or not is_public(str(address))
        ):
            raise NotPublic
        return socket.socket(family, kind, protocol)

    return guarded_socket
