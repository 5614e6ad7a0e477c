"""No request reaches what is not public. Every connection that is made ends at one of our own servers and is counted."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from bot.failures import BadAddress, FetchError, NotReached, RefusedAddress
from bot.settings import Settings
from bot.web import Web
from bot.web.networks import NOT_PUBLIC, is_public
from tests.webserver import LOOPBACK, Site, allowing, answer, redirect

# Addresses that are somebody's on the public Internet. No packet is sent there: the detour sees to that.
PUBLIC = [
    "93.184.215.14",
    "1.1.1.1",
    "172.32.0.1",
    "192.0.1.1",
    "198.20.0.1",
    "100.128.0.1",
    "223.255.255.255",
]
PUBLIC_IPV6 = ["2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "2001:200::1", "2620:4f:8001::1"]
NON_PUBLIC = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3
    127.255.255.255 168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192
    192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255
    198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.254 255.255.255.255 :: ::1 ::127.0.0.1
    ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::808:808
    64:ff9b:1::10.0.0.1 100::1 200::1 2001::1 2001:0:7f00:1::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
    2002:7f00:1::1 2002:808:808::1 2620:4f:8000::1 a000::1 c000::1 e000::1 f000::1 f800::1 3ffe::1 3fff::1 400::1
    800::1 1000::1 4000::1 6000::1 5f00::1 8000::1 fc00::1 fd00:ec2::254 fe00::1 fe80::1 fe80::1%1 febf::1 fec0::1
    feff::1 ff00::1 ff02::1 ff0e::1
""".split()
# The ways to write an address that are not its usual one, and names that mean one.
SPELLINGS = """
    127.1 127.0.1 2130706433 0x7f000001 0x7F.0.0.0x1 017700000001 0177.0.0.01 0 1２７.０.０.１ ①②⑦.⓪.⓪.① 127。0。0。1 127.0.0.1.
    %31%32%37.0.0.1 localhost LOCALHOST localhost. [::1] [0:0:0:0:0:0:0:1] [::] [::127.0.0.1] [::ffff:127.0.0.1]
    [::ffff:7f00:1] [0:0:0:0:0:FFFF:7F00:0001] [fe80::1%25lo] [64:ff9b::7f00:1] [2002:7f00:1::] 127.0.0.1:80@127.0.0.1
""".split()


class Names(AbstractResolver):
    """Answers each question with the next of its answers, and from then on with the last."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=0,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        pass


@dataclass
class Detour:
    """The network: what is public is the newspaper, everything else the canary."""

    newspaper: Site
    canary: Site

    @property
    def settings(self) -> Settings:
        """Only the address decides, not the port."""
        return Settings(_env_file=None, fetch_ports=f"80,443,{self.canary.port}")


@pytest.fixture
async def network(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Detour]:
    loop = asyncio.get_running_loop()
    connect = loop.sock_connect
    canary_routes = {"/": answer("the canary's secret")}
    newspaper_routes = {"/": answer("news", connection="close")}
    async with Site.open(canary_routes) as canary, Site.open(newspaper_routes) as newspaper:

        async def detour(sock: socket.socket, address: tuple[str, int]) -> None:
            site = newspaper if address[0] in PUBLIC else canary
            if sock.family is socket.AF_INET6:
                await connect(sock, (f"::ffff:{LOOPBACK}", site.port))
            else:
                await connect(sock, (LOOPBACK, site.port))

        monkeypatch.setattr(loop, "sock_connect", detour)
        yield Detour(newspaper, canary)


async def refusal(network: Detour, url: str, names: Names | None = None) -> FetchError:
    async with Web.open(network.settings, resolver=names) as web:
        with pytest.raises(FetchError) as caught:
            await web.get(url, deadline=5)
    return caught.value


def literal(address: str) -> str:
    return f"[{address.replace('%', '%25')}]" if ":" in address else address


def test_there_are_as_many_cases_as_were_asked_for() -> None:
    assert len(set(NON_PUBLIC)) >= 43
    assert len(set(SPELLINGS)) >= 14
    assert len(REDIRECTS) >= 6


async def test_what_is_public_is_reached_and_what_was_allowed_by_name(network: Detour) -> None:
    async with Web.open(network.settings, resolver=Names([PUBLIC[0]])) as web:
        assert (await web.get("http://news.example/")).body == b"news"
        assert (await web.get(f"http://{PUBLIC[1]}/")).body == b"news"
    assert network.newspaper.connections == 2
    async with Web.open(allowing(network.canary)) as web:
        assert (await web.get(network.canary.url())).body == b"the canary's secret"
    assert network.canary.connections == 1


@pytest.mark.parametrize("address", NON_PUBLIC)
async def test_a_non_public_address_is_never_reached(network: Detour, address: str) -> None:
    for url, names in (
        (f"http://{literal(address)}/", None),
        ("http://name.example/", Names([address])),
        (f"http://name.example:{network.canary.port}/", Names([address])),
        ("https://name.example/", Names([address])),
    ):
        assert isinstance(await refusal(network, url, names), RefusedAddress)
    assert (network.canary.connections, network.newspaper.connections) == (0, 0)


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_no_spelling_of_an_address_gets_through(network: Detour, spelling: str) -> None:
    for url in (
        f"http://{spelling}/",
        f"http://{spelling}:{network.canary.port}/",
        f"http://user:pw@{spelling}/",
    ):
        assert isinstance(await refusal(network, url), RefusedAddress | BadAddress | NotReached)
    assert network.canary.connections == 0


REDIRECTS = {
    "a literal": "http://127.0.0.1:{port}/",
    "a literal in disguise": "http://2130706433:{port}/",
    "an IPv6 literal": "http://[::ffff:127.0.0.1]:{port}/",
    "a name": "http://localhost:{port}/",
    "no scheme": "//127.0.0.1:{port}/",
    "https": "https://127.0.0.1:{port}/",
    "cloud metadata": "http://169.254.169.254/latest/meta-data/",
    "credentials": "http://user:pw@127.0.0.1:{port}/",
    "another port": "http://93.184.215.14:22/",
    "a second redirect": "/onward",
    "a file": "file:///etc/passwd",
    "another scheme": "gopher://127.0.0.1:{port}/",
    "a script": "javascript:alert(1)",
    "no host": "http://:80/",
}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", REDIRECTS.values(), ids=REDIRECTS)
async def test_no_redirect_leads_there(network: Detour, to: str, status: int) -> None:
    target = to.format(port=network.canary.port)
    network.newspaper.routes["/away"] = redirect(target, status)
    network.newspaper.routes["/onward"] = redirect(f"http://127.0.0.1:{network.canary.port}/", status)
    assert isinstance(await refusal(network, f"http://{PUBLIC[0]}/away"), RefusedAddress | BadAddress)
    assert network.canary.connections == 0
    assert network.newspaper.paths[0] == "/away"
    assert len(network.newspaper.paths) == (2 if target == "/onward" else 1)


async def test_a_name_that_is_rebound_is_followed_only_while_it_is_public(network: Detour) -> None:
    names = Names([PUBLIC[0]], ["127.0.0.1"])
    async with Web.open(network.settings, resolver=names) as web:
        assert (await web.get("http://rebound.example/")).body == b"news"
        with pytest.raises(RefusedAddress):
            await web.get("http://rebound.example/")
    assert len(names.asked) == 2
    assert network.canary.connections == 0


async def test_a_name_that_is_rebound_between_redirects_is_refused(network: Detour) -> None:
    network.newspaper.routes["/again"] = answer(status=302, location="/", connection="close")
    assert isinstance(
        await refusal(network, "http://rebound.example/again", Names([PUBLIC[0]], ["169.254.169.254"])),
        RefusedAddress,
    )
    assert network.canary.connections == 0


async def test_a_name_that_is_rebound_once_its_robots_txt_was_asked_for_is_refused(network: Detour) -> None:
    network.newspaper.routes["/robots.txt"] = answer("", connection="close")
    names = Names([PUBLIC[0]], ["::ffff:127.0.0.1"])
    async with Web.open(network.settings, resolver=names) as web:
        with pytest.raises(RefusedAddress):
            await web.get("http://rebound.example/", robots=True)
    assert network.newspaper.paths == ["/robots.txt"]
    assert network.canary.connections == 0


@pytest.mark.parametrize(
    "mixed", [["127.0.0.1", PUBLIC[0]], [PUBLIC[0], "127.0.0.1"], ["::1", "10.0.0.1", PUBLIC[0]]]
)
async def test_of_a_name_with_both_kinds_of_addresses_only_the_public_is_reached(
    network: Detour, mixed: list[str]
) -> None:
    async with Web.open(network.settings, resolver=Names(mixed)) as web:
        assert (await web.get("http://mixed.example/")).body == b"news"
    assert network.canary.connections == 0


async def test_a_name_with_several_non_public_addresses_is_refused(network: Detour) -> None:
    names = Names(["127.0.0.1", "::1", "10.0.0.1", "fe80::1%1"])
    assert isinstance(await refusal(network, "http://mixed.example/", names), RefusedAddress)
    assert network.canary.connections == 0


@pytest.mark.parametrize("port", [1, 22, 25, 6379, 8080, 65535])
async def test_other_ports_are_refused_also_on_public_addresses(network: Detour, port: int) -> None:
    refused = await refusal(network, f"http://{PUBLIC[0]}:{port}/")
    assert isinstance(refused, RefusedAddress)
    assert refused.params["host"] == f"{PUBLIC[0]}:{port}"
    assert network.newspaper.connections == 0


async def test_what_is_allowed_by_name_is_that_host_on_that_port_and_nothing_else(network: Detour) -> None:
    port = network.canary.port
    settings = Settings(
        _env_file=None, fetch_ports=f"80,{port}", fetch_allow_hosts=f"Intranet.Example:{port}, [::1]:81"
    )
    async with Web.open(settings, resolver=Names(["10.0.0.7"])) as web:
        assert (await web.get(f"http://intranet.example:{port}/")).body == b"the canary's secret"
        assert network.canary.connections == 1
        network.canary.routes["/to"] = redirect("http://intranet.example/")
        for refused in (
            "http://intranet.example/",
            f"http://intranet.example.:{port}/",
            f"http://sub.intranet.example:{port}/",
            f"http://10.0.0.7:{port}/",
            f"http://127.0.0.1:{port}/",
            "http://[::1]/",
            f"http://[::1]:{port}/",
            f"http://intranet.example:{port}/to",
        ):
            with pytest.raises(RefusedAddress):
                await web.get(refused)
    assert network.canary.paths == ["/", "/to"]
    # The pool may have lent its open connection to /to; nothing else was connected to.
    assert network.canary.connections == 1


async def test_no_proxy_of_the_environment_is_used(network: Detour, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, network.canary.url())
    async with Web.open(network.settings) as web:
        assert (await web.get(f"http://{PUBLIC[0]}/")).body == b"news"
    assert network.canary.connections == 0


def test_both_ends_of_every_network_are_inside() -> None:
    assert not any(is_public(str(end)) for network in NOT_PUBLIC for end in (network[0], network[-1]))


@pytest.mark.parametrize("address", [*PUBLIC, *PUBLIC_IPV6])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.1", "1.2.3", "1.2.3.4.5", "2130706433", "١٢٧.0.0.1", "::1::"]
)
def test_what_is_no_numeric_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@given(st.ip_addresses())
def test_nothing_is_public_that_python_calls_special(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not is_public(str(address))


@given(st.ip_addresses(v=4))
def test_no_address_within_another_is_public(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    wrapped = [
        number,
        0xFFFF << 32 | number,
        0xFFFF << 48 | number,
        0x64FF9B << 96 | number,
        0x2002 << 112 | number << 80,
    ]
    assert not any(is_public(str(ipaddress.IPv6Address(each))) for each in wrapped)
