"""CASE/UCO in JSON-LD: what was scanned, by whom, with what, and which files it found."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from hashsvc import __version__
from hashsvc.scan.reports.exports import Export
from hashsvc.scan.reports.rows import Row

_CONTEXT = {
    "case": "https://ontology.caseontology.org/case/investigation/",
    "action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "kb": "urn:hashsvc:",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Node = dict[str, Any]


def lines(export: Export) -> Iterator[str]:
    """A graph, a node a line."""
    yield f'{{"@context": {json.dumps(_CONTEXT)}, "@graph": [\n'
    nodes = list(_nodes(export))
    for number, node in enumerate(nodes, start=1):
        yield json.dumps(node) + ("" if number == len(nodes) else ",") + "\n"
    yield "]}\n"


def _nodes(export: Export) -> Iterator[_Node]:
    order = export.facts["order"]
    yield _node(export, "case:Investigation", "investigation") | {
        "core:name": order["reference"],
        "core:description": f"Authority: {order['warrant']}",
        "core:object": [_to(export, "action"), _to(export, "result")],
    }
    yield _node(export, "identity:Person", "person") | {"core:name": order["investigator"]}
    yield _node(export, "tool:Tool", "tool") | {
        "core:name": "hashsvc",
        "tool:version": __version__,
    }
    yield _action(export)
    for number, source in enumerate(export.facts["sources"], start=1):
        yield _node(export, "case:ProvenanceRecord", "exhibit", number) | {
            "case:exhibitNumber": source["exhibit"],
            "core:object": _to(export, "source", number),
        }
        yield _node(export, "observable:Image", "source", number) | {
            "core:description": f"{source['kind']}: {source['locator']}"
        }
    files = [_to(export, "file", row.file_id) for row in export.rows]
    result = _node(export, "case:ProvenanceRecord", "result")
    yield result | {"core:object": files or _to(export, "tool")}
    for row in export.rows:
        yield from _of_file(export, row)


def _action(export: Export) -> _Node:
    facts = export.facts
    exhibits = range(1, len(facts["sources"]) + 1)
    return _node(export, "case:InvestigativeAction", "action") | {
        "core:name": "Scan of evidence with a pack of reported signatures",
        "core:description": f"Pack {export.pack}, SHA-256 {facts['order']['pack']['sha256']}",
        "action:startTime": _typed("dateTime", facts["created_at"]),
        "action:endTime": _typed("dateTime", facts["finished_at"]),
        "action:performer": _to(export, "person"),
        "action:instrument": _to(export, "tool"),
        "action:object": [_to(export, "exhibit", number) for number in exhibits],
        "action:result": _to(export, "result"),
    }


def _of_file(export: Export, row: Row) -> Iterator[_Node]:
    """The file, where it was, and what is said of it."""
    exhibits = [source["exhibit"] for source in export.facts["sources"]]
    yield _node(export, "observable:File", "file", row.file_id) | {
        "core:hasFacet": [_file_facet(export, row), _content_facet(export, row)]
    }
    yield _node(export, "observable:ObservableRelationship", "place", row.file_id) | {
        "core:source": _to(export, "file", row.file_id),
        "core:target": _to(export, "source", exhibits.index(row.exhibit) + 1),
        "core:kindOfRelationship": "Contained_Within",
        "core:isDirectional": _typed("boolean", "true"),
    }
    yield _node(export, "core:Annotation", "match", row.file_id) | {
        "core:object": _to(export, "file", row.file_id),
        "core:tag": ["NCII", row.finding or "not reviewed"],
        "core:statement": _statement(export, row),
    }


def _statement(export: Export, row: Row) -> str:
    told = [
        f"tier {row.tier}",
        f"PDQ distance {row.pdq_distance} bits",
        f"dHash distance {row.dhash_distance} bits",
        f"orientation {row.orientation}",
        f"entry {row.entry} of {export.pack}",
        f"finding {row.finding} by {row.found_by}, {row.second_by}",
    ]
    return "; ".join(told)


def _file_facet(export: Export, row: Row) -> _Node:
    facet = _node(export, "observable:FileFacet", "file-facet", row.file_id) | {
        "observable:fileName": PurePosixPath(row.path).name,
        "observable:filePath": f"{row.container} > {row.path}" if row.container else row.path,
        "observable:sizeInBytes": _typed("integer", str(row.size)),
        "observable:allocationStatus": row.state or "allocated",
    }
    times = {
        "observable:modifiedTime": row.modified_ns,
        "observable:accessedTime": row.accessed_ns,
        "observable:observableCreatedTime": row.created_ns,
    }
    return facet | {name: _time(ns) for name, ns in times.items() if ns is not None}


def _content_facet(export: Export, row: Row) -> _Node:
    digests = {"MD5": row.md5, "SHA1": row.sha1, "SHA256": row.sha256}
    return _node(export, "observable:ContentDataFacet", "content-facet", row.file_id) | {
        "observable:hash": [
            _node(export, "types:Hash", "hash", name, row.file_id)
            | {"types:hashMethod": name, "types:hashValue": _typed("hexBinary", value or "")}
            for name, value in digests.items()
        ]
    }


def _node(export: Export, kind: str, *name: object) -> _Node:
    return {**_to(export, *name), "@type": kind}


def _to(export: Export, *name: object) -> _Node:
    return {"@id": f"kb:{name[0]}-{export.id_of(*name)}"}


def _typed(kind: str, value: str) -> _Node:
    return {"@type": f"xsd:{kind}", "@value": value}


def _time(ns: int) -> _Node:
    return _typed("dateTime", (_EPOCH + timedelta(microseconds=ns // 1_000)).isoformat())
