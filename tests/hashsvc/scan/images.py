"""Disk images, made without a mount by the tools that make file systems."""

import shutil
import subprocess
from pathlib import Path

from tests.availability import unavailable

SECTOR = 512
_MAKERS = {
    "ext4": ("mkfs.ext4", "debugfs"),
    "fat": ("mkfs.vfat", "mmd", "mcopy", "mdel"),
    "ntfs": ("mkntfs", "ntfscp"),
    "e01": ("ewfacquire",),
}
_TYPES = {"ext4": 0x83, "fat": 0x0C}  # of partitions


def run(*words, **options):
    return subprocess.run(
        [*map(str, words)], check=True, capture_output=True, text=True, **options
    ).stdout


def need(kind):
    """Skip without the tools."""
    missing = [tool for tool in _MAKERS[kind] if shutil.which(tool) is None]
    if missing:
        unavailable("images", f"no {', '.join(missing)}")


def make_ext4(path, files, deleted=(), *, megabytes=24):
    """An ext4 file system with these files, some of them deleted again."""
    need("ext4")
    tree = path.with_suffix(".tree")
    for name, body in files.items():
        place = tree / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
    _blank(path, megabytes)
    run("mkfs.ext4", "-q", "-d", tree, path)
    shutil.rmtree(tree)
    for name in deleted:
        debugfs(path, f'rm "/{name}"')
    return path


def debugfs(path, command):
    """Change an ext4 file system."""
    return run("debugfs", "-w", "-R", command, path)


def make_fat(path, files, deleted=(), *, megabytes=40):
    """A FAT32 file system with these files, some of them deleted again."""
    need("fat")
    _blank(path, megabytes)
    run("mkfs.vfat", "-F", "32", path)
    body_file = path.with_suffix(".body")
    for folder in sorted({parent for name in files for parent in Path(name).parents} - {Path()}):
        run("mmd", "-i", path, f"::{folder}")
    for name, body in files.items():
        body_file.write_bytes(body)
        run("mcopy", "-i", path, body_file, f"::{name}")
    body_file.unlink()
    for name in deleted:
        run("mdel", "-i", path, f"::{name}")
    return path


def make_ntfs(path, files, streams=()):
    """An NTFS file system with these files, and streams as {(name, stream): bytes}."""
    need("ntfs")
    _blank(path, 8)
    run("mkntfs", "-q", "-F", "-s", SECTOR, "-p", 0, "-H", 16, "-S", 63, path)
    body_file = path.with_suffix(".body")
    for name, body in files.items():
        body_file.write_bytes(body)
        run("ntfscp", path, body_file, name)
    for (name, stream), body in dict(streams).items():
        body_file.write_bytes(body)
        run("ntfscp", "-N", stream, path, body_file, name)
    body_file.unlink()
    return path


def make_disk(path, **volumes):
    """A disk with a partition for each volume, with unused space between.

    Args:
        path: of the image.
        volumes: kind and file of each.
    """
    table, start = bytearray(SECTOR), 2048
    table[510:] = b"\x55\xaa"
    with path.open("wb") as disk:
        for number, (kind, volume) in enumerate(volumes.items()):
            sectors = volume.stat().st_size // SECTOR
            entry = bytes(4) + bytes([_TYPES[kind]]) + bytes(3)
            entry += start.to_bytes(4, "little") + sectors.to_bytes(4, "little")
            table[446 + 16 * number : 462 + 16 * number] = entry
            disk.seek(start * SECTOR)
            disk.write(volume.read_bytes())
            start += sectors + 2048
        disk.truncate(start * SECTOR)
        disk.seek(0)
        disk.write(table)
    return path


def make_e01(image, *, segment="1GiB", compression="deflate:fast"):
    """The image as an examiner's tool acquires it; returns its first segment."""
    need("e01")
    target = image.with_suffix("")
    words = ("-u", "-t", target, "-f", "encase6", "-c", compression, "-S", segment)
    run("ewfacquire", *words, image)
    return target.with_suffix(".E01")


def _blank(path, megabytes):
    with path.open("wb") as image:
        image.truncate(megabytes << 20)
