"""Draft of the certificate that section 106B(4) of Kenya's Evidence Act asks for.

Filled in as far as the scan knows; what a person has to say is a line to write on. Whether its
words will do is for counsel to settle: it is a draft until an officer has signed it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hashsvc import __version__
from hashsvc.scan.custody_log import Action
from hashsvc.scan.reports.html_page import ending_without_script, facts, opening, table, words
from hashsvc.scan.reports.printing import time_told

TITLE = "DRAFT: certificate of electronic records"
_WARNING = (
    "DRAFT, not a certificate. Filled in by a program from what it wrote down itself. The officer"
    " responsible completes every line, strikes out what is not so, and signs; counsel settles the"
    " words first. Evidence Act (Cap. 80), sections 78A, 106A and 106B."
)
_CONDITIONS = {
    "a": "Over the period above the computer was used regularly to process information of this"
    " kind, by somebody with lawful control over it.",
    "b": "Over that period information of the kind in the records was regularly fed into it in the"
    " ordinary course of those activities.",
    "c": "Over that period it was operating properly; where it was not, or was out of operation,"
    " that did not affect the records or their accuracy.",
    "d": "What the records hold reproduces, or derives from, information fed into it in the"
    " ordinary course of those activities.",
}
_SIGNED = (
    "I hold a responsible position in relation to the operation of this device or the management"
    " of these activities. What stands above is true to the best of my knowledge and belief."
)


def lines(said: Mapping[str, Any], records: Mapping[str, str]) -> Iterator[str]:
    """The page.

    Args:
        said: facts of the scan, and its custody log.
        records: SHA-256 of each file that the certificate is about, by name.
    """
    order, custody = said["order"], said["order"]["custody"]
    yield opening(TITLE)
    yield f'<p class="warning"><strong>{words(_WARNING)}</strong></p>\n'
    yield facts(
        {
            "Court": custody["authority"]["court"],
            "Court file": custody["reference"]["court_file"],
            "Reference": order["reference"],
            "Authority": order["warrant"],
            "Republic or parties": "",
        }
    )
    yield "<h2>1. The electronic records</h2>\n"
    yield from table(("record", "SHA-256"), records.items(), "records")
    yield from _how_produced(said)
    yield from _device(said)
    yield from _conditions(said)
    yield "<h2>5. Signature</h2>\n"
    yield f"<p>{words(_SIGNED)}</p>\n"
    yield facts(_signatory(order, custody["investigator"]))
    yield f"<p>{words(_WARNING)}</p>\n"
    yield ending_without_script()


def _how_produced(said: Mapping[str, Any]) -> Iterator[str]:
    order, pack = said["order"], said["order"]["pack"]
    totals = said["totals"]
    yield "<h2>2. How they were produced</h2>\n"
    yield facts(
        {
            "By": f"hashsvc {__version__}, run by {order['investigator']}",
            "Command": " ".join(_machine(said)["command"]),
            "From": time_told(said["created_at"]),
            "To": time_told(said["finished_at"]),
            "Held against": f"pack {pack['bank']}@{pack['version']}, SHA-256 {pack['sha256']}",
            "Pack signed by": pack["signer"],
            "Files": f"{totals['files']} listed, {totals['hashed']} photos hashed,"
            f" {totals['matched']} files match, {totals['failed']} could not be read",
            "Digest of all rows (SHA-256)": said["body_sha256"],
        }
    )
    yield from table(
        ("exhibit", "source", "kind", "mounted read-only"),
        (
            (one["exhibit"], one["locator"], one["kind"], bool(one["read_only"]))
            for one in said["sources"]
        ),
        "sources",
    )
    yield from table(
        ("exhibit", "seized", "seal", "acquired", "SHA-256 of the copy"),
        (
            (one["id"], one["seized_at"], one["seal"], one["acquired_at"], one["sha256"])
            for one in order["custody"]["exhibits"]
        ),
        "exhibits",
    )


def _device(said: Mapping[str, Any]) -> Iterator[str]:
    machine, host = _machine(said), said["order"]["custody"]["host"]
    yield "<h2>3. The device</h2>\n"
    yield facts(
        {
            "Make": host["make"] or machine["maker"],
            "Model": host["model"] or machine["model"],
            "Serial number": host["serial"],
            "Name, identifier": f"{machine['host']}, {machine['machine_id']}",
            "Operating system": machine["system"],
            "Software": machine["versions"],
            "Clock": host["clock_source"] or machine["clock"],
            "Clock compared with the true time, seconds off": host["clock_offset_s"],
            "Kept and looked after by": "",
        }
    )


def _conditions(said: Mapping[str, Any]) -> Iterator[str]:
    """Section 106B(2), and what the scan knows of each."""
    tests = [one for one in said["custody_log"] if one["action"] == Action.SELF_TEST]
    passed = sum(one["details"]["passed"] for one in tests)
    runs = said["segments"]
    broken = [one for one in runs if one["ended"] != "finished"]
    known = {
        "c": f"{len(runs)} runs, {len(broken)} of them interrupted or killed and gone on with from"
        f" the last record that was safe; {passed} of {len(tests)} self-tests passed; every file"
        " has one outcome and the totals add up.",
        "d": "Each row derives from one file of the sources above, read once and not changed.",
    }
    yield "<h2>4. Conditions of section 106B(2)</h2>\n"
    for letter, text in _CONDITIONS.items():
        yield f"<p>({letter}) {words(text)}</p>\n"
        yield facts({"The scan knows": known.get(letter), "The officer says": ""})


def _signatory(order: Mapping[str, Any], who: Mapping[str, str]) -> dict[str, object]:
    return {
        "Name": who["name"] or order["investigator"],
        "Rank": who["rank"],
        "Service number": who["service_number"],
        "Unit": who["unit"],
        "Responsible position": "",
        "Place": "",
        "Date": "",
        "Signature": "",
    }


def _machine(said: Mapping[str, Any]) -> dict[str, Any]:
    """As the last run wrote it down."""
    *_, last = (one for one in said["custody_log"] if one["action"] == Action.BEGIN)
    machine: dict[str, Any] = last["details"]["workstation"]
    return machine
