"""A child process that reads a disk image: what hostile file systems do to it stays there."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from hashsvc.scan.isolation import isolate, limit
from hashsvc.scan.records import FileProblemError, FoundFile
from hashsvc.scan.sources.disk_image import DiskImage
from hashsvc.scan.sources.disk_image.contents import Contents
from hashsvc.scan.sources.image_frames import (
    DATA,
    END,
    FILE,
    HEAD,
    REASON,
    Ask,
    file_of,
    framed,
    words_of,
)
from hashsvc.scan.sources.image_kinds import ImageKind

_MEMORY_BYTES = 8 << 30  # of addresses: most of it is never used


def main() -> None:
    """Answer until the parent closes the pipe."""
    reader = _Reader(DiskImage(Path(sys.argv[1]), ImageKind(sys.argv[2])))
    limit(_MEMORY_BYTES, 0)  # not a byte to any file
    isolate()
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    while len(head := questions.read(HEAD.size)) == HEAD.size:
        asked, about, offset, length = json.loads(questions.read(HEAD.unpack(head)[0]))
        file = file_of(about) if about else FoundFile(b"")
        for frame in reader.answer(Ask(asked), file, offset, length):
            answers.write(frame)
        answers.flush()


class _Reader:
    """Answers, and keeps the file that was read last."""

    def __init__(self, image: DiskImage) -> None:
        self._image = image
        self._contents: Contents | None = None

    def answer(self, asked: Ask, file: FoundFile, offset: int, length: int) -> Iterator[bytes]:
        match asked:
            case Ask.WHOLE:
                yield framed(DATA, b"%d" % self._image.is_whole())
            case Ask.VOLUMES:
                yield from (framed(DATA, name) for name in self._image.volumes())
                yield framed(END)
            case Ask.FILES:
                for one in self._image.files(file.path):
                    yield framed(FILE, json.dumps(words_of(one)).encode())
                yield framed(END)
            case Ask.READ:
                yield self._read(file, offset, length)
            case _:
                assert_never(asked)

    def _read(self, file: FoundFile, offset: int, length: int) -> bytes:
        try:
            if self._contents is None or self._contents.file != file:
                self._contents = self._image.contents(file)
            return framed(DATA, self._contents.read_at(offset, length))
        except FileProblemError as problem:
            return framed(REASON, problem.reason.encode())


if __name__ == "__main__":
    main()
