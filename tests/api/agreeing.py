"""What two people agree to before a pack is built."""

from typer.testing import CliRunner

from api.cli import app


def agree(folder, *words, reference="agreement 4/2026"):
    """Ask for a pack as one person and approve it as another; its number, as text."""
    asked = disclosing(
        folder, "ask", "--kind", "pack", *words, "--reference", reference, "--by", "Amina"
    )
    number = asked.stdout.strip()
    disclosing(folder, "approve", number, "--by", "Otieno")
    return number


def disclosing(folder, *words):
    """A command on disclosures that has to succeed."""
    said = CliRunner().invoke(app, ["disclosure", *map(str, words), "--data", str(folder)])
    assert said.exit_code == 0, said.output
    return said
