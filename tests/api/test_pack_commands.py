"""`hashsvc-server pack build`: a bank as it is now, for one recipient."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from api.cli import app as cli
from api.security.pack_keys import PackKeys
from hashsvc.packs import PackKey, SeenVersions, open_pack, read_trust
from hashsvc.policies import Tier
from hashsvc.times import now
from indexer.store.honey import HONEY_A_COPY
from tests.api.agreeing import agree
from tests.factories import make_signature


@pytest.fixture
def run(folder, kept_umask):
    return lambda *words: CliRunner().invoke(cli, [*map(str, words), "--data", str(folder)])


@pytest.fixture
def listed(client):
    """A reported signature."""
    signature = make_signature(seed=3)
    client.post("/v1/cases", json={"pin": "402913", "signatures": [signature.to_json()]})
    return signature


@pytest.fixture
def built(run, folder, tmp_path):
    """Builds a pack that was agreed to, and opens it."""
    trust, seen = tmp_path / "signers", SeenVersions(tmp_path / "seen")

    def build(key, *more, bank="reported"):
        number = agree(folder, "--bank", bank, "--to", key.recipient, *more)
        said = run("pack", "build", number, "--out", tmp_path / "x.pack")
        assert said.exit_code == 0, said.output
        trust.write_text(said.stdout)
        return open_pack(tmp_path / "x.pack", key=key, trust=read_trust(trust), seen=seen, at=now())

    return build


def entry_ids(pack, signature):
    hits = pack.matcher.find(signature, threshold=31)
    return [pack.matcher.entry_id(hit.signature_id) for hit in hits]


def test_what_is_reported_is_found_offline(listed, built):
    pack = built(PackKey.generate())

    (hit,) = pack.matcher.find(listed, threshold=31)

    assert (hit.pdq_distance, hit.dhash_distance) == (0, 0)
    assert pack.manifest.expires_at - pack.manifest.built_at == timedelta(days=7)


def test_only_the_bank_asked_for_is_in_it(listed, built):
    """The built-in benign signatures are not; the recipient's honey is."""
    assert built(PackKey.generate()).manifest.entries == 1 + HONEY_A_COPY


def test_one_of_two_banks_is_packed_by_itself(listed, run, built, tmp_path):
    other, lines = make_signature(seed=4), tmp_path / "other.jsonl"
    lines.write_text(json.dumps(other.to_json()) + "\n")
    run("bank", "import", lines, "--bank", "other")
    key = PackKey.generate()

    reported, imported = built(key), built(key, bank="other")

    assert [len(entry_ids(reported, one)) for one in (listed, other)] == [1, 0]
    assert [len(entry_ids(imported, one)) for one in (listed, other)] == [0, 1]


@pytest.mark.parametrize(("more", "under_18"), [((), False), (("--under-18",), True)])
def test_entries_are_marked_where_the_operator_says_so(listed, built, more, under_18):
    pack = built(PackKey.generate(), *more)

    (hit,) = pack.matcher.find(listed, threshold=31)

    assert pack.matcher.under_18(hit.signature_id) is under_18


def test_an_entry_keeps_its_id_for_one_recipient_and_has_another_for_others(listed, built):
    one, other = PackKey.generate(), PackKey.generate()

    first, again = entry_ids(built(one), listed), entry_ids(built(one), listed)

    assert first == again
    assert entry_ids(built(other), listed) != first


def test_a_bank_s_weakest_tier_travels_with_it(listed, run, built):
    run("bank", "limit", "reported", "--weakest-tier", "likely")

    assert built(PackKey.generate(), "--days", 1).manifest.weakest_tier is Tier.LIKELY


def test_the_key_file_is_made_once_and_private(listed, built, folder):
    built(PackKey.generate())
    before = (folder / "pack.keys").read_bytes()

    built(PackKey.generate())

    assert (folder / "pack.keys").read_bytes() == before
    assert (folder / "pack.keys").stat().st_mode & 0o777 == 0o600


def test_the_keys_are_not_shown():
    keys = PackKeys(b"k" * 32)

    assert "kkk" not in repr((keys, keys.signing, keys.names_for("age1")))
