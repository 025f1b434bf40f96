"""Archives of any kind, from names and bytes."""

import tarfile
import zipfile
from io import BytesIO


def zip_of(files):
    """As a zip archive."""
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return body.getvalue()


def tar_of(files, *, mode="w"):
    """As a tar archive."""
    body = BytesIO()
    with tarfile.open(fileobj=body, mode=mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))
    return body.getvalue()


def nested(depth, files, wrap=zip_of):
    """These files in so many archives, one inside the other."""
    for number in range(depth):
        files = {f"{number}.zip": wrap(files)}
    return files
