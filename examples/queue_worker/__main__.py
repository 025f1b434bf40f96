"""Ask about every photo of a folder, keep what is to be reviewed, hear of withdrawals.

    HASHSVC_URL=https://... HASHSVC_KEY=hsk_... python -m examples.queue_worker INBOX STATE

INBOX is the queue: a file is a job, its name the reference. STATE keeps a file for each match
that waits for a moderator, and the place in the feed. Killed at any moment, it goes on: a job is
asked about again with the same reference, which gives the same match.
"""

import json
import os
import sys
from pathlib import Path

from hashsvc.client import Change, MatchAnswer, PlatformClient
from hashsvc.closed_sets import FeedKind
from hashsvc.errors import PhotoError
from hashsvc.files import replacing
from hashsvc.policies import Verdict


def main(inbox: Path, state: Path) -> None:
    """Empty the queue, then hear what changed."""
    waiting = state / "waiting"
    waiting.mkdir(parents=True, exist_ok=True)
    with PlatformClient(os.environ["HASHSVC_URL"], os.environ["HASHSVC_KEY"]) as platform:
        for job in sorted(inbox.iterdir()):
            _work_off(job, waiting, platform)
        _hear(state, waiting, platform)


def _work_off(job: Path, waiting: Path, platform: PlatformClient) -> None:
    try:
        answer = platform.match_photo(job, job.stem)
    except PhotoError as error:
        sys.stderr.write(f"{job.name}: {error}\n")
    else:
        if answer.verdict is Verdict.REVIEW:
            _keep(answer, waiting)
    job.unlink()  # last: what was not finished comes again


def _keep(answer: MatchAnswer, waiting: Path) -> None:
    with replacing(waiting / f"{answer.match_id}.json") as draft:
        draft.write_text(json.dumps({"ref": answer.ref, "tier": answer.tier}))


def _hear(state: Path, waiting: Path, platform: PlatformClient) -> None:
    """What was withdrawn or suspended is dropped; the feed's place is kept once that is done."""
    place = state / "cursor"

    def handle(change: Change) -> None:
        if change.kind in (FeedKind.MATCH_WITHDRAWN, FeedKind.MATCH_SUSPENDED):
            (waiting / f"{change.match_id}.json").unlink(missing_ok=True)

    cursor = platform.follow(handle, place.read_text() if place.exists() else None)
    with replacing(place) as draft:
        draft.write_text(cursor)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
