"""A page for people: searchable, without a picture, whole without its script."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hashsvc.scan.custody_log import Action
from hashsvc.scan.manifest_keys import key_id
from hashsvc.scan.reports.html_page import SEARCH, ending, facts, opening, stacked, table, words
from hashsvc.scan.reports.printing import file_time_told, time_told
from hashsvc.scan.reports.rows import Chosen, Row

_LEAD = (
    "A match is a lead, not an identity: a person has to look. A row is confirmed when somebody"
    " wrote down the finding same_photo. Not looked into: videos, what a file system no longer"
    " lists, and what is listed below as failed or excluded."
)
_MATCH = ("file", "match", "finding", "digests")
_EXCEPTION = ("file", "exhibit", "path", "state", "size", "outcome", "reason")
_LIMITS = (
    "Thresholds are those of the pack's policy; distances are numbers of bits out of 256. A photo"
    " that was cropped, retouched or filmed may not match. Digests tell files apart, a match does"
    " not: two photos of one scene may be near each other."
)


def lines(rows: Callable[[Chosen], Iterable[Row]], said: Mapping[str, Any]) -> Iterator[str]:
    """The page: who, what, with what; totals; matches; what could not be read; integrity.

    Args:
        rows: gives files, each time anew; those without match and reason are only counted.
        said: what the manifest says too, the custody log, and who signs.
    """
    yield opening("Scan report")
    yield f'<p class="warning">{words(said["under_18"])}</p>\n' if said["under_18"] else ""
    yield f"<p>{words(_LEAD)}</p>\n"
    yield from _of_the_case(said)
    yield from _of_the_tool(said)
    yield f"<h2>Totals</h2>\n{facts(said['totals'])}"
    yield f"<h2>Matches</h2>\n{SEARCH}"
    yield from table(_MATCH, map(_match, rows(Chosen.MATCHES)), "files")
    yield "<h2>Failed and excluded files</h2>\n"
    yield from table(_EXCEPTION, map(_exception, rows(Chosen.EXCEPTIONS)), "files")
    yield from _of_integrity(said)
    yield ending()


def _of_the_case(said: Mapping[str, Any]) -> Iterator[str]:
    order, custody = said["order"], said["order"]["custody"]
    yield "<h2>Case</h2>\n"
    yield facts(
        {
            "Reference": order["reference"],
            "Authority": order["warrant"],
            "Investigator": order["investigator"],
            "Agency": custody["investigator"]["agency"],
            "Unit": custody["investigator"]["unit"],
            "Scan begun": time_told(said["created_at"]),
            "Scan finished": time_told(said["finished_at"]),
            "Kept until": custody["retention"]["until"],
        }
    )
    yield "<h2>Evidence</h2>\n"
    yield from table(
        ("exhibit", "source", "kind", "mounted read-only"),
        (
            (one["exhibit"], one["locator"], one["kind"], bool(one["read_only"]))
            for one in said["sources"]
        ),
        "sources",
    )
    for exhibit in custody["exhibits"]:
        yield facts(_named(exhibit))
    for transfer in custody["transfers"]:
        yield facts(_named(transfer))


def _of_the_tool(said: Mapping[str, Any]) -> Iterator[str]:
    order, pack = said["order"], said["order"]["pack"]
    yield "<h2>Tool and machine</h2>\n"
    for event in said["custody_log"]:
        if event["action"] == Action.BEGIN:
            machine = event["details"]["workstation"]
            yield facts({"Run begun": time_told(event["at"]), **_named(machine)})
    yield facts(_named(order["custody"]["host"]))
    yield "<h2>Pack</h2>\n"
    shown = ("bank", "version", "sequence", "built_at", "expires_at", "entries", "signer", "sha256")
    yield facts({name: pack[name] for name in shown} | {"policy": pack["policy"]})
    yield "<h2>Parameters</h2>\n"
    yield facts(
        {
            "asked of each photo": order["asked"],
            "digests of": order["digesting"],
            **_named(order["limits"]),
            "runs": len(said["segments"]),
        }
    )
    yield from table(
        ("begun", "ended", "how", "host", "version", "decoding children may make"),
        (
            [one[name] for name in ("started_at", "ended_at", "ended", "host", "version")]
            + [one["isolation"]]
            for one in said["segments"]
        ),
        "segments",
    )


def _of_integrity(said: Mapping[str, Any]) -> Iterator[str]:
    signer = said["signer"]
    yield f"<h2>Limits</h2>\n<p>{words(_LIMITS)}</p>\n<h2>Integrity</h2>\n"
    yield facts(
        {
            "Digest of all rows (SHA-256)": said["body_sha256"],
            "Signature": f"Ed25519, key {key_id(signer)}" if signer else "not signed",
            "To check": "hashsvc report verify, with the manifest beside this page",
        }
    )
    yield "<h2>Custody log</h2>\n"
    yield from table(
        ("number", "at", "by", "action", "details"),
        (
            (one["number"], time_told(one["at"]), one["by"], one["action"], _details(one))
            for one in said["custody_log"]
        ),
        "events",
    )


def _details(event: Mapping[str, Any]) -> object:
    """The machine stands further up; of a self-test only what was wrong is of interest."""
    details = event["details"]
    if event["action"] == Action.BEGIN:
        return ""
    if event["action"] == Action.SELF_TEST:
        wrong = [name for name, right in details["checks"].items() if not right]
        told = f"{len(details['checks'])} checks, {len(wrong)} wrong"
        return [told, *wrong]
    return details


def _named(fields: Mapping[str, Any]) -> dict[str, object]:
    return {name.rstrip("_").replace("_", " "): value for name, value in fields.items()}


def _match(row: Row) -> Iterable[object]:
    """Four cells."""
    file = {
        "number": row.file_id,
        "exhibit": row.exhibit,
        "path": _path(row) or None,
        "state": row.state,
        "modified": file_time_told(row.modified_ns) or None,
        "bytes": row.size,
    }
    match = {
        "tier": row.tier,
        "PDQ bits": row.pdq_distance,
        "dHash bits": row.dhash_distance,
        "region": row.region,
        "orientation": row.orientation,
        "entry": row.entry,
        "entries that match": row.entries or None,
        "details withheld": row.withheld,
    }
    finding = {
        "finding": row.finding,
        "by": row.found_by,
        "at": row.found_at and time_told(row.found_at),
        "second person": row.second_by,
        "confirmed": row.confirmed,
    }
    digests = {"SHA-256": row.sha256, "SHA-1": row.sha1, "MD5": row.md5}
    return stacked(file), stacked(match), stacked(finding), stacked(digests)


def _exception(row: Row) -> Iterable[object]:
    return (row.file_id, row.exhibit, _path(row), row.state, row.size, row.outcome, row.reason)


def _path(row: Row) -> str:
    return f"{row.container} > {row.path}" if row.container else row.path
