"""The networks that nothing is fetched from, because they are not the public Internet.

An explicit list: `ipaddress.is_global` has other purposes, and misses some. An address that only wraps another one
(IPv4-mapped, NAT64, 6to4, Teredo) is not public whatever it wraps: nobody publishes such an address under a name.
"""

import ipaddress

_IPV4 = (
    # IANA IPv4 Special-Purpose Address Registry
    "0.0.0.0/8",  # this host on this network: RFC 791, RFC 1122
    "10.0.0.0/8",  # private use: RFC 1918
    "100.64.0.0/10",  # shared by carriers (CGNAT): RFC 6598
    "127.0.0.0/8",  # loopback: RFC 1122
    "169.254.0.0/16",  # link-local, where clouds keep their metadata: RFC 3927
    "172.16.0.0/12",  # private use: RFC 1918
    "192.0.0.0/24",  # protocol assignments: RFC 6890
    "192.0.2.0/24",  # documentation: RFC 5737
    "192.31.196.0/24",  # AS112: RFC 7535
    "192.52.193.0/24",  # AMT: RFC 7450
    "192.88.99.0/24",  # relays of 6to4: RFC 7526
    "192.168.0.0/16",  # private use: RFC 1918
    "192.175.48.0/24",  # AS112, direct delegation: RFC 7534
    "198.18.0.0/15",  # benchmarking: RFC 2544
    "198.51.100.0/24",  # documentation: RFC 5737
    "203.0.113.0/24",  # documentation: RFC 5737
    "240.0.0.0/4",  # reserved, and at its end the limited broadcast: RFC 1112, RFC 919
    # IANA IPv4 Multicast Address Space Registry
    "224.0.0.0/4",  # multicast: RFC 5771
    # An address from public space that answers only inside Azure, and there to machines only: Microsoft's documentation
    # "What is IP address 168.63.129.16?"
    "168.63.129.16/32",
)

_IPV6 = (
    # IANA Internet Protocol Version 6 Address Space: all of it but 2000::/3, the global unicast that is assigned (RFC 4291)
    "::/8",  # unspecified, loopback, IPv4-compatible, IPv4-mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96 of RFC 6052, 64:ff9b:1::/48 of RFC 8215)
    "100::/8",  # reserved; discard-only 100::/64: RFC 6666
    "200::/7",  # reserved, once NSAP: RFC 4048
    "400::/6",
    "800::/5",
    "1000::/4",
    "4000::/3",  # reserved; SRv6's identifiers 5f00::/16: RFC 9602
    "6000::/3",
    "8000::/3",
    "a000::/3",
    "c000::/3",
    "e000::/4",
    "f000::/5",
    "f800::/6",
    "fc00::/7",  # unique local: RFC 4193
    "fe00::/9",
    "fe80::/10",  # link-local: RFC 4291
    "fec0::/10",  # site-local, deprecated but still routed in places: RFC 3879
    "ff00::/8",  # multicast: RFC 4291
    # IANA IPv6 Special-Purpose Address Registry, within 2000::/3
    "2001::/23",  # protocol assignments: Teredo (RFC 4380), benchmarking (RFC 5180), ORCHID (RFC 4843, RFC 7343)...: RFC 2928
    "2001:db8::/32",  # documentation: RFC 3849
    "2002::/16",  # 6to4: RFC 3056
    "2620:4f:8000::/48",  # AS112, direct delegation: RFC 7534
    "3ffe::/16",  # the 6bone, returned: RFC 3701
    "3fff::/20",  # documentation: RFC 9637
)

NOT_PUBLIC = tuple(ipaddress.ip_network(network) for network in (*_IPV4, *_IPV6))


def is_public(address: str) -> bool:
    """Tell whether a numeric address (IPv6 with or without its zone) is on the public Internet; what is no address is not."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not any(parsed in network for network in NOT_PUBLIC)
