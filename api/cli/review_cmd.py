"""`hashsvc-server review`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.cli.preparing import MESSAGES, Data, explained, opened
from api.services.floods import REVIEW_WITHIN
from api.services.reviews import RestoreReason, ReviewService, SuspendReason
from hashsvc import SignatureId
from hashsvc.times import now
from indexer.records import Hold, Side
from indexer.store.days import date_of
from indexer.store.reviews import Reviewed

app = typer.Typer(
    no_args_is_help=True,
    help="Listed signatures that are held, and why. You see counts and what platforms say, never "
    "a hash. `restore` undoes `suspend`, and the other way round; `delist` cannot be undone.",
)
_MOST_IDS = 1_000
_NAME_SIGNS = 64
Ids = Annotated[
    list[int], typer.Argument(metavar="ID...", help="As `review list` shows them.", min=1)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, a line a signature.")]
_COLUMNS = ("id", "hold", "bank", "listed", "uploads", "platforms", "confirm", "suspend", "due")


@app.command(name="list")
def list_held(
    hold: Annotated[Hold | None, typer.Option(help="Only what is held for this.")] = None,
    bank: Annotated[str | None, typer.Option(help="Only what this bank holds.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=100_000)] = 50,
    data: Data = Path("var"),
    *,
    as_json: AsJson = False,
) -> None:
    """Show what is held: floods first, then appeals, the oldest first.

    intake: near a benign picture. votes: platforms say that it is no match. appeal: an uploader was
    right. flood: too many uploads matched it. child: somebody may be under 18. operator: `review
    suspend`.

    Example: hashsvc-server review list --hold flood --data var
    """
    with _reviews(data) as reviews:
        queue = reviews.queue(hold, bank, limit=limit)
    if as_json:
        for one in queue.signatures:
            typer.echo(json.dumps(_told(one)))
        return
    table = Table(*_COLUMNS)
    for one in queue.signatures:
        told = _told(one)
        table.add_row(*(str(told[name]) if told[name] is not None else "" for name in _SHOWN))
    Console(width=None if Console().is_terminal else 200).print(table)
    for reason, held in sorted(queue.totals.items()):
        MESSAGES.print(f"{reason.value}: {held} held")


@app.command()
def show(
    signature_id: Annotated[int, typer.Argument(metavar="ID")],
    data: Data = Path("var"),
    *,
    as_json: AsJson = False,
) -> None:
    """Show one signature: what it is, who matched it, who voted how.

    Example: hashsvc-server review show 4611686018427387904 --data var
    """
    with _reviews(data) as reviews:
        one = reviews.show(SignatureId(signature_id))
    told = _told(one)
    voices = [
        {"platform": each.platform, "uploads": each.uploads, "vote": each.vote}
        for each in one.voices
    ]
    if as_json:
        typer.echo(json.dumps(told | {"voices": voices}))
        return
    for name, value in told.items():
        typer.echo(f"{name}: {'' if value is None else value}")
    for each in one.voices:
        vote = "no vote" if each.vote is None else f"voted to {each.vote.value}"
        typer.echo(f"platform {each.platform}: {each.uploads} uploads, {vote}")


@app.command()
def restore(
    ids: Ids,
    reason: Annotated[RestoreReason, typer.Option(help="Why, for the audit.")],
    by: Annotated[
        str | None, typer.Option("--by", help="Your name, where two operators have to say so.")
    ] = None,
    data: Data = Path("var"),
) -> None:
    """Match held signatures again; no flood suspends them after that. All of them, or none.

    What an appeal or a suspected minor holds takes two operators: each runs this once, with --by.
    Names are taken on trust. Exit code 3: noted, and a second operator is waited for.

    Example: hashsvc-server review restore 4611686018427387904 --reason true_report --data var
    """
    if by is not None and not (by.strip() and by.isprintable() and len(by) <= _NAME_SIGNS):
        raise typer.BadParameter(f"a name has 1 to {_NAME_SIGNS} signs that can be printed")
    with _reviews(data) as reviews:
        done = reviews.restore(_ids(ids), reason, by=by, at=now())
    if done.back:
        MESSAGES.print(f"{len(done.back)} restored: matched again. Undo: review suspend.")
    if done.waiting:
        MESSAGES.print(f"{len(done.waiting)} noted. Another operator has to restore them too.")
        raise typer.Exit(WAITS)


@app.command()
def suspend(
    ids: Ids,
    reason: Annotated[
        SuspendReason, typer.Option(help="child: it then takes two operators to restore it.")
    ] = SuspendReason.OPERATOR,
    data: Data = Path("var"),
) -> None:
    """Match signatures no more until they are restored; platforms hear of their matches.

    Example: hashsvc-server review suspend 4611686018427387904 --data var
    """
    with _reviews(data) as reviews:
        reviews.suspend(_ids(ids), reason, at=now())
    MESSAGES.print(f"{len(ids)} suspended. Undo: review restore --reason mistake.")


@app.command()
def delist(
    ids: Ids,
    data: Data = Path("var"),
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase signatures: they never match again. This cannot be undone.

    Example: hashsvc-server review delist 4611686018427387904 --yes --data var
    """
    if not yes:
        typer.confirm(f"Erase {len(ids)} signatures for good?", abort=True, err=True)
    with _reviews(data) as reviews:
        reviews.delist(_ids(ids), at=now())
    MESSAGES.print(f"{len(ids)} delisted and erased.")


WAITS = 3
_SHOWN = (
    "id",
    "hold",
    "bank",
    "listed_on",
    "uploads",
    "platforms",
    "confirm_votes",
    "suspend_votes",
    "due_at",
)


def _told(one: Reviewed) -> dict[str, Any]:
    """What is shown of a signature; never a hash, never a case."""
    due_at = one.asked_at + REVIEW_WITHIN if one.asked_at and one.standing.hold else None
    reviewed = one.reviewed_day
    return {
        "id": one.signature_id,
        "bank": one.bank,
        "state": one.standing.state,
        "hold": one.standing.hold,
        "strong_only": one.strong_only,
        "listed_on": date_of(one.listed_day).isoformat(),
        "reviewed_on": None if reviewed is None else date_of(reviewed).isoformat(),
        "uploads": one.uploads,
        "platforms": sum(voice.uploads > 0 for voice in one.voices),
        "confirm_votes": one.votes(Side.CONFIRM),
        "suspend_votes": one.votes(Side.SUSPEND),
        "due_at": None if due_at is None else due_at.isoformat(timespec="minutes"),
        "wished_by": one.wished_by,
    }


def _ids(ids: list[int]) -> list[SignatureId]:
    if len(ids) > _MOST_IDS:
        raise typer.BadParameter(f"at most {_MOST_IDS} ids at once")
    return [SignatureId(id_) for id_ in dict.fromkeys(ids)]


@contextmanager
def _reviews(data: Path) -> Iterator[ReviewService]:
    with explained(), opened(data) as (store, _):
        yield ReviewService(store)
