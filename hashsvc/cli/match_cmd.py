"""`hashsvc match`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hashsvc.cli.files import Failed, decoded
from hashsvc.cli.output import FAILED, MESSAGES, explained, shown
from hashsvc.client import MatchAnswer, PlatformClient
from hashsvc.policies import Verdict


def match(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Photos, or folders.")],
    server: Annotated[
        str, typer.Option(envvar="HASHSVC_SERVER", help="The service's address, https://...")
    ],
    key: Annotated[
        str,
        typer.Option(
            envvar="HASHSVC_KEY",
            help="An API key; better in the environment, where other users do not see it.",
        ),
    ],
    *,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Ask whether photos resemble reported ones. They are hashed here; only hashes are sent.

    The strongest answer is `review`: a person should look. The exit code is 0 whether or not
    something was found, 1 when a file or a request failed.

    Example: HASHSVC_KEY=hsk_live_... hashsvc match upload.jpg --server https://example.org
    """
    failed = False
    with explained(), PlatformClient(server, key) as client:
        for number, result in enumerate(decoded(paths, doing="Asking"), start=1):
            line: dict[str, Any] = {"file": shown(result.path)}
            if isinstance(result, Failed):
                failed = True
                line["error"] = result.why
            else:
                # The reference is a number: a file's name says too much.
                line |= _said(client.match_photo(result.pixels, f"photo-{number}"))
            _print(line, as_json=json_)
    if failed:
        raise typer.Exit(FAILED)


def _said(answer: MatchAnswer) -> dict[str, Any]:
    return {
        "verdict": answer.verdict.value,
        "tier": answer.tier.value if answer.tier else None,
        "match_id": answer.match_id,
        "list_state": answer.list_state,
        "skipped": answer.skipped,
    }


def _print(line: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(line))
    elif "error" in line:
        MESSAGES.print(f"{line['file']}: {line['error']}", style="red", markup=False)
    elif line["verdict"] == Verdict.REVIEW:
        typer.echo(f"review  {line['tier']:<8}  {line['match_id']}  {line['file']}")
    else:
        typer.echo(f"none    {line['skipped'] or '':<8}  {'':<30}  {line['file']}")
