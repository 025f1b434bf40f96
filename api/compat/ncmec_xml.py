"""NCMEC's documents: written as its clients read them, read as its clients write them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, tostring
from xml.parsers import expat

from api.compat.mappings import NEGATIVE
from api.services.lists import Handed
from indexer.list_records import Grant, ListLine

NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"  # a name; nobody asks this address
MEDIA_TYPE = "application/xml"
_BETWEEN = "}"
_DEEPEST = 8


class XmlRefusedError(Exception):
    """This is no feedback in NCMEC's form; a document type is refused whatever it declares."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a client says of an entry."""

    names: frozenset[str]  # of the elements, without their namespace
    guids: tuple[str, ...]


def time_text(second: int) -> str:
    """Seconds since 1970 as NCMEC writes them."""
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%SZ}"


def status(platform_id: int, name: str) -> bytes:
    """Who asks."""
    root = Element("status", xmlns=NAMESPACE)
    SubElement(root, "ipAddress").text = "0.0.0.0"  # noqa: S104  # a field to fill, not our address
    SubElement(root, "username").text = name
    SubElement(root, "member", id=str(platform_id)).text = name
    return tostring(root)


def members(grants: Iterable[Grant], *, source: str) -> bytes:
    """One member a bank."""
    root = Element("members", xmlns=NAMESPACE)
    for grant in grants:
        root.append(_member(grant, source))
    return tostring(root)


def reasons() -> bytes:
    """Why a client may speak against an entry."""
    root = Element("feedbackReasons", xmlns=NAMESPACE)
    listed = SubElement(root, "availableFeedbackReasons")
    for guid, reason in NEGATIVE.items():
        SubElement(listed, "reason", guid=guid, name=reason.value, type="PDQ")
    return tostring(root)


def accepted() -> bytes:
    """The answer to feedback."""
    return tostring(Element("submissionResult", xmlns=NAMESPACE))


def entries(handed: Handed, *, source: str, next_page: str | None) -> bytes:
    """A page of a list."""
    root = Element("queryResult", xmlns=NAMESPACE)
    lines = handed.page.lines
    images = SubElement(root, "images", count=str(len(lines)))
    if lines:
        images.set("maxTimestamp", time_text(lines[-1].published_at))
    for line in lines:
        images.append(_entry(line, handed, source))
    SubElement(root, "videos", count="0")
    if next_page is not None:
        SubElement(SubElement(root, "paging"), "next").text = next_page
    return tostring(root)


def _entry(line: ListLine, handed: Handed, source: str) -> Element:
    listed = line.live and line.pdq is not None
    entry = Element("image" if listed else "deletedImage")
    entry.append(_member(handed.grant, source))
    SubElement(entry, "timestamp").text = time_text(line.published_at)
    SubElement(entry, "id").text = handed.names.name(line.signature_id)
    if listed and line.pdq is not None:
        SubElement(entry, "classification").text = line.state.value
        SubElement(SubElement(entry, "fingerprints"), "pdq").text = line.pdq.hex()
    return entry


def _member(grant: Grant, source: str) -> Element:
    member = Element("member", id=str(grant.bank_id))
    member.text = f"{source} {grant.bank}"
    return member


def read_feedback(body: bytes) -> Feedback:
    """Read what a client sent.

    Raises:
        XmlRefusedError: it is no XML, or has a document type: entities and bombs live there.
    """
    elements = list(read_tree(body).iter())
    return Feedback(
        frozenset(element.tag for element in elements),
        tuple("".join(element.itertext()) for element in elements if element.tag == "guid"),
    )


def read_tree(body: bytes) -> Element:
    """Read a document that somebody sent; names are without their namespaces.

    Raises:
        XmlRefusedError: it is no XML, or has a document type: entities and bombs live there.
    """
    growing = _Growing()
    parser = expat.ParserCreate(namespace_separator=_BETWEEN)
    parser.StartDoctypeDeclHandler = growing.refuse
    parser.StartElementHandler = growing.begin
    parser.EndElementHandler = growing.end
    parser.CharacterDataHandler = growing.builder.data
    try:
        parser.Parse(body, True)  # noqa: FBT003  # expat's own flag: this is all
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: encodings
        raise XmlRefusedError from error
    return growing.builder.close()


@dataclass(slots=True)
class _Growing:
    """What the parser calls."""

    builder: TreeBuilder = field(default_factory=TreeBuilder)
    _depth: int = 0

    def refuse(self, *_declared: object) -> None:
        raise XmlRefusedError

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise XmlRefusedError
        self.builder.start(_plain(name), {_plain(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self._depth -= 1
        self.builder.end(_plain(name))


def _plain(name: str) -> str:
    return name.rpartition(_BETWEEN)[2]
