"""What other networks send: NCMEC's and StopNCII's documents, and lines of signatures."""

import json
from contextlib import suppress

from api.cli import signature_files
from api.compat import ncmec_import, stopncii_import, stopncii_submissions
from api.compat.fetching import ListBrokenError
from api.compat.ncmec_xml import NAMESPACE, XmlRefusedError, read_feedback
from api.compat.refusals import RefusedHereError
from tests.api.bodies import json_of
from tests.factories import make_hash, make_signature
from tests.fuzz.parsers.target import Target, text_of

_WINDOW = ncmec_import._Place(0, 1_000, None, 1_000)
_PDQ = make_hash(seed=1).hex()


def ncmec_feedback(data):
    with suppress(XmlRefusedError):
        assert read_feedback(data).names


def ncmec_page(data):
    with suppress(ListBrokenError):
        page, place = ncmec_import._Reader(_WINDOW).read(data)
        assert ncmec_import._Place.read(place.text()) == place
        assert page.last == (place.following is None)


def stopncii_page(data):
    with suppress(ListBrokenError):
        read = stopncii_import._Place(10, "t").read(data)
        assert read.reached >= 10
        assert read.page.last == (read.token is None)


def stopncii_hashes(data):
    _submitted(data, "hashRecords", stopncii_submissions._submitted)


def stopncii_feedback(data):
    _submitted(data, "hashFeedbacks", stopncii_submissions._told)


def _submitted(data, name, parse):
    with suppress(ValueError, RecursionError):  # FastAPI's to answer
        sent = json.loads(data)
        if isinstance(sent, dict):
            with suppress(RefusedHereError):
                read = stopncii_submissions._read(sent, name, parse)
                assert read.count == len(read.good) + len(read.bad)
                json.dumps(read.answer([]))


def signature_line(data):
    read = signature_files._read([text_of(data)])
    assert read.signatures or read.problems or data


def _entry(kind, fingerprints=""):
    member = '<member id="42">Somebody</member>'
    return f"<{kind}>{member}<id>abc</id>{fingerprints}</{kind}>"


def _ncmec_pages():
    pdq = f"<fingerprints><md5>x</md5><pdq>{_PDQ}</pdq></fingerprints>"
    images = _entry("image", pdq) + _entry("deletedImage") + _entry("video")
    paging = "<paging><next>/v2/entries?start=1&amp;max=2</next></paging>"
    for more in ("", paging):
        page = f'<queryResult xmlns="{NAMESPACE}"><images count="3">{images}</images>{more}'
        yield f"{page}</queryResult>".encode()


def _stopncii_pages():
    record = {"signalType": "ImagePDQ", "hashValue": _PDQ, "hashStatus": "Active"}
    for more, token in ((False, None), (True, "next")):
        yield json.dumps(
            {
                "count": 1,
                "hashRecords": [record],
                "nextSetTimestamp": 99,
                "hasMoreRecords": more,
                "nextPageToken": token,
            }
        ).encode()


def _submissions():
    record = {"signalType": "ImagePDQ", "hashValue": _PDQ}
    return [json.dumps({"count": 1, "hashRecords": [record]}).encode()]


def _feedbacks():
    told = {"hashValue": _PDQ, "feedbackValue": "Blocked", "tags": ["synthetic", "automated"]}
    return [json.dumps({"count": 1, "hashFeedbacks": [told]}).encode()]


def _reasons():
    inner = "<negative><reasons><guid>x</guid></reasons></negative>"
    return [
        f'<f xmlns="{NAMESPACE}"><affirmative/></f>'.encode(),
        f'<?xml version="1.0" encoding="utf-8"?><f>{inner}</f>'.encode(),
        b'<!DOCTYPE f [<!ENTITY a "b">]><f>&a;</f>',
    ]


def _lines():
    signature = json_of(make_signature(seed=1))
    return [json.dumps({"signatures": [signature]}).encode(), b'{"error": "no photo"}']


TARGETS = [
    Target("ncmec-feedback", ncmec_feedback, _reasons),
    Target("ncmec-page", ncmec_page, lambda: list(_ncmec_pages())),
    Target("stopncii-page", stopncii_page, lambda: list(_stopncii_pages())),
    Target("stopncii-hashes", stopncii_hashes, _submissions),
    Target("stopncii-feedback", stopncii_feedback, _feedbacks),
    Target("signature-line", signature_line, _lines),
]
