"""Packs: signed, encrypted, expiring offline copies of a bank, each for one recipient."""

from hashsvc.packs.building import build
from hashsvc.packs.errors import PackError, PackRefusedError, Refusal
from hashsvc.packs.keys import PackKey, SigningKey, Trusted, read_pack_key, read_trust
from hashsvc.packs.manifest import Manifest
from hashsvc.packs.opening import Pack, open_pack
from hashsvc.packs.records import Entry
from hashsvc.packs.versions import SeenVersions

__all__ = [
    "Entry",
    "Manifest",
    "Pack",
    "PackError",
    "PackKey",
    "PackRefusedError",
    "Refusal",
    "SeenVersions",
    "SigningKey",
    "Trusted",
    "build",
    "open_pack",
    "read_pack_key",
    "read_trust",
]
