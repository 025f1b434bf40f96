"""`hashsvc-server`: what an operator types."""

import typer

from api.cli import (
    alarm_cmd,
    audit_cmd,
    backup_cmd,
    bank_cmd,
    compact_cmd,
    disclosure_cmd,
    import_cmd,
    key_cmd,
    list_cmd,
    pack_cmd,
    replace_keys_cmd,
    review_cmd,
    rotate_cmd,
    run_cmd,
    sandbox_cmd,
)
from indexer.core_files import forbid_core_files

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Run the service and manage its keys and banks. It never sees a photo, only hashes.",
)
app.command()(run_cmd.run)
app.command()(run_cmd.migrate)
app.command()(backup_cmd.backup)
app.command()(backup_cmd.restore)
app.command()(backup_cmd.verify)
app.command()(compact_cmd.compact)
app.command()(sandbox_cmd.sandbox)
app.command()(alarm_cmd.alarms)
app.command(name="create-key")(key_cmd.create_key)
app.command(name="replace-key")(key_cmd.replace_key)
app.command(name="revoke-key")(key_cmd.revoke_key)
app.command(name="keys")(key_cmd.list_keys)
app.command(name="make-seal-key")(rotate_cmd.make_seal_key)
app.command(name="rotate-seal-key")(rotate_cmd.rotate_seal_key)
app.command(name="rotate-pepper")(replace_keys_cmd.rotate_pepper)
app.command(name="retire-pepper")(replace_keys_cmd.retire_pepper)
app.command(name="rotate-signing-key")(replace_keys_cmd.rotate_signing_key)
app.command(name="rotate-pack-key")(replace_keys_cmd.rotate_pack_key)
app.add_typer(audit_cmd.app, name="audit")
app.add_typer(bank_cmd.app, name="bank")
app.add_typer(disclosure_cmd.app, name="disclosure")
app.add_typer(import_cmd.app, name="import")
app.add_typer(list_cmd.app, name="list")
app.add_typer(pack_cmd.app, name="pack")
app.add_typer(review_cmd.app, name="review")


def main() -> None:
    """Run a command; every expected failure is one sentence and exit code 1."""
    forbid_core_files()
    app()
