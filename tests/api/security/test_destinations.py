"""Nothing is sent to where the server's own network is."""

import pytest

from api.security.destinations import DestinationRule, is_public, resolve
from api.security.errors import AddressRefusedError
from api.settings import Destinations

PUBLIC = "93.184.216.34"
URL = "https://moderation.example/hear"


def rule(*addresses, allowed=Destinations.PUBLIC):
    return DestinationRule(allowed, lambda _host, _port: list(addresses))


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111"])
def test_public_addresses_are(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",  # noqa: S104  # an address to refuse
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "168.63.129.16",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "2001:db8::1",
    ],
)
def test_private_reserved_and_disguised_addresses_are_not(address):
    assert not is_public(address)


def test_a_public_https_address_passes_as_it_was_looked_up():
    found = rule(PUBLIC).checked(URL)

    assert (found.url, found.host, found.address) == (URL, "moderation.example", PUBLIC)


@pytest.mark.parametrize("addresses", [["10.0.0.1"], [PUBLIC, "127.0.0.1"], []])
def test_one_address_inside_is_enough_to_refuse(addresses):
    with pytest.raises(AddressRefusedError):
        rule(*addresses).checked(URL)


@pytest.mark.parametrize(
    "url",
    [
        "http://moderation.example/hear",
        "ftp://moderation.example/",
        "file:///etc/passwd",
        "https:///hear",
        "moderation.example",
        "https://user:word@moderation.example/",
        "https://user@moderation.example/",
        "https://moderation.example/#part",
        "https://moderation.example:99999/",
        "https://moderation.example:0/",
        "https://moderation.example\\@10.0.0.1/",
        "https://moderation.example/ hear",
        "https://moderation.example/\r\nX: y",
        "https://módération.example/",
        "https://[::1/",
        "",
    ],
)
def test_what_is_no_plain_https_url_is_refused(url):
    with pytest.raises(AddressRefusedError):
        rule(PUBLIC).checked(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "[::1]"])
def test_every_spelling_of_this_machine_is_refused(host):
    """By the real look-up, which knows them all."""
    with pytest.raises(AddressRefusedError):
        DestinationRule(Destinations.PUBLIC).checked(f"https://{host}/")


def test_a_test_system_may_call_itself_and_nothing_else_inside():
    assert rule("127.0.0.1", allowed=Destinations.LOOPBACK).checked("http://localhost:9/x")
    for addresses in (["10.0.0.1"], [PUBLIC], ["127.0.0.1", "10.0.0.1"]):
        with pytest.raises(AddressRefusedError):
            rule(*addresses, allowed=Destinations.LOOPBACK).checked("http://moderation.example/")


def test_names_are_looked_up():
    assert "127.0.0.1" in resolve("localhost", 80)
