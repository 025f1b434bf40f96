"""No photo can reach a server: no code that reads one, no route that takes one."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.openapi import generated

REPOSITORY = Path(__file__).parents[2]
IMAGE_CODE = {
    "PIL",
    "cv2",
    "imagehash",
    "pdqhash",
    "pi_heif",
    "hashsvc.photos",
    "hashsvc.regions",
    "hashsvc.hashers",
    "hashsvc.hashing",
    "hashsvc.pixels",
}
IMAGE_LIBRARIES = re.compile(
    r"^(pillow|opencv|imagehash|pdqhash|pi-heif|pillow-heif|scikit-image|imageio|tifffile|wand)",
    re.MULTILINE | re.IGNORECASE,
)


def modules_after(*imports):
    """What a fresh process holds in memory after these imports."""
    program = f"import sys, {', '.join(imports)}; print('\\n'.join(sys.modules))"
    done = subprocess.run(  # our own words
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_a_server_process_holds_no_image_code():
    held = modules_after("api.app", "api.cli")

    assert {"api.app", "hashsvc.policies", "faiss"} <= held
    assert not held & IMAGE_CODE


def test_the_search_would_find_image_code():
    """The control: a device's process holds all of it but our oracle."""
    held = modules_after("hashsvc.hashing", "hashsvc.photos")

    assert {"PIL", "hashsvc.photos", "hashsvc.pixels", "hashsvc.hashers"} <= held & IMAGE_CODE


def schemas_in(part):
    """Every JSON schema within an OpenAPI document."""
    if isinstance(part, dict):
        yield part
        for inner in part.values():
            yield from schemas_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from schemas_in(inner)


def photo_places(document):
    """Where a document takes anything that a photo could be sent in."""
    found = [
        schema
        for schema in schemas_in(document)
        if schema.get("format") in {"binary", "base64", "byte"}
        or "contentEncoding" in schema
        or "contentMediaType" in schema
    ]
    for methods in document["paths"].values():
        for operation in methods.values():
            taken = operation.get("requestBody", {}).get("content", {})
            found += [media_type for media_type in taken if media_type != "application/json"]
    return found


def test_no_route_takes_a_file():
    assert photo_places(json.loads(generated())) == []


@pytest.mark.parametrize(
    "content",
    [
        {"multipart/form-data": {}},
        {"application/octet-stream": {}},
        {"application/json": {"schema": {"type": "string", "format": "binary"}}},
        {"application/json": {"schema": {"type": "string", "contentEncoding": "base64"}}},
    ],
)
def test_the_search_would_find_a_route_that_does(content):
    """The control."""
    document = {"paths": {"/v1/photos": {"post": {"requestBody": {"content": content}}}}}

    assert photo_places(document)


def test_no_field_has_the_name_of_a_photo_or_its_address():
    names = {
        name
        for schema in schemas_in(json.loads(generated()))
        for name in schema.get("properties", {})
    }

    assert "pdq" in names
    assert not {name for name in names if re.search(r"photo|image|file|url|path|exif", name)}


def test_a_server_installs_no_image_library():
    requirements = REPOSITORY / "requirements"

    assert not IMAGE_LIBRARIES.search((requirements / "server.txt").read_text())
    assert IMAGE_LIBRARIES.search((requirements / "device.txt").read_text())
