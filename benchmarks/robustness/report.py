"""The results as JSON lines, as a Markdown page and as a picture."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt

from benchmarks.results import Row, markdown_table, sentence, write_json_lines
from benchmarks.robustness.false_matches import Tally
from benchmarks.robustness.leak import Leak
from benchmarks.robustness.tables import (
    DHASH_BITS,
    Price,
    Recall,
    Strangers,
    Tail,
    recall_by_group,
    schemes,
)
from hashsvc.policies import Tier

_MILLION = 1_000_000
_PLOTTED = (
    "plain PDQ <= 31",
    "threatexchange, rotations + unletterbox",
    "hashsvc strong",
    "hashsvc all tiers",
)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that is published of one run."""

    by_edit: Sequence[Recall]
    tally: Tally
    strangers: Sequence[Strangers]
    tail: Tail | None
    prices: Sequence[Price]
    leaks: Sequence[Leak]
    stored_a_photo: float
    photos: str  # how many of what, and the digest of their list


def write(findings: Findings, folder: Path, measured_in: Mapping[str, object]) -> None:
    """Write `robustness.jsonl`, `robustness.md` and `robustness.png` into a folder."""
    rows = list(_rows(findings))
    write_json_lines(folder / "robustness.jsonl", rows, measured_in)
    _plot(recall_by_group(findings.by_edit), folder / "robustness.png")
    page = "\n\n".join([*_page(findings), sentence(measured_in)])
    (folder / "robustness.md").write_text(page + "\n", encoding="utf-8")


def _rows(findings: Findings) -> Iterator[Row]:
    for recall in (*findings.by_edit, *recall_by_group(findings.by_edit)):
        named = {"question": "recall", "edit": recall.edit, "group": recall.group}
        yield {**named, **{name: round(value, 2) for name, value in recall.found.items()}}
    for one in findings.strangers:
        within = {f"dhash_{bits}": n for bits, n in one.within_dhash.items()}
        yield {"question": "strangers", "pdq_bits": one.pdq_bits, "any": one.any_dhash, **within}
    for price in findings.prices:
        yield {"question": "price", **asdict(price)}
    for leak in findings.leaks:
        yield {"question": "leak", **asdict(leak)}


def _page(findings: Findings) -> Iterator[str]:
    groups = recall_by_group(findings.by_edit)
    yield "# Which edits of a photo are found again"
    yield (
        "Per cent of reported photos found in an edited upload, as the plain mean over the edits "
        f"of each group; `macro` is the plain mean over all 117. {findings.photos} What was tried "
        "on the way, and what it gave: [robustness-tried.md](robustness-tried.md)."
    )
    yield "![recall by group](robustness.png)"
    yield markdown_table([{"group": row.group, **_percents(row)} for row in groups])
    yield "## Strangers"
    yield _strangers_text(findings)
    yield markdown_table([_stranger_row(one) for one in findings.strangers])
    yield _expected(findings)
    yield "## Price of a photo"
    yield markdown_table([_price_row(price) for price in findings.prices])
    yield "## Leak"
    yield (
        "Correlation of a linear reconstruction with the photo's 64x64 luma, given the signatures "
        "of one photo together (in the index they are not together). More is worse."
    )
    yield markdown_table([_leak_row(leak) for leak in findings.leaks])
    yield "## Every edit"
    yield markdown_table([{"edit": row.edit, **_percents(row)} for row in findings.by_edit])


def _percents(row: Recall) -> Row:
    return {name: f"{row.found[name]:.1f}" for name in schemes()}


def _strangers_text(findings: Findings) -> str:
    tally = findings.tally
    tiers = ", ".join(f"{tier.value} {tally.tiers[tier]}" for tier in Tier)
    return (
        f"{tally.queries:,} uploads of negatives in 12 edits, {tally.signatures:,} signatures "
        f"asked, {sum(tally.pairs.values()):,} pairs with everything stored. **False matches: "
        f"{tiers}.** Plain PDQ, full against full: {tally.plain_pairs:,} pairs, nearest "
        f"{min(tally.plain, default='beyond 88')}. Pairs within a PDQ distance, also with dHash "
        "within 64, 72, 80:"
    )


def _stranger_row(one: Strangers) -> Row:
    within = {f"and dHash <= {bits}": f"{one.within_dhash[bits]:,}" for bits in DHASH_BITS}
    return {"PDQ <=": str(one.pdq_bits), "pairs": f"{one.any_dhash:,}", **within}


def _expected(findings: Findings) -> str:
    """Chance matches per upload at scale, by the pessimistic tail."""
    if findings.tail is None:
        return "Too few pairs are near to fit a tail."
    tally = findings.tally
    asked = tally.signatures / tally.queries
    near = findings.strangers[-1]
    # With none of n near pairs within 64 bits, the true share is below 3 / n with 95 % confidence.
    dhash_share = max(near.within_dhash[64], 3) / max(near.any_dhash, 3)
    lines = []
    for millions in (1, 10):
        pairs = millions * _MILLION * findings.stored_a_photo * asked
        plain = millions * _MILLION * findings.tail.within(31)
        strong = pairs * findings.tail.within(31) * dhash_share
        likely = pairs * findings.tail.within(50) * dhash_share
        lines.append(
            {
                "reported photos": f"{millions} million",
                "plain PDQ <= 31": f"{plain:.0e}",
                "hashsvc strong": f"{strong:.0e}",
                "hashsvc strong + likely": f"{likely:.0e}",
            }
        )
    return (
        "Chance matches expected per upload, by an exponential through the counts at 70 to 82 "
        f"bits (x{2.718281828 ** (2 * findings.tail.slope):.2f} every two bits) and at most "
        f"{dhash_share:.4f} of near pairs within dHash 64:\n\n{markdown_table(lines)}"
    )


def _price_row(price: Price) -> Row:
    return {
        "scheme": price.scheme,
        "signatures stored": f"{price.stored:.1f}",
        "signatures asked": f"{price.asked:.1f}",
        "CPU ms an upload": f"{price.milliseconds:.1f}",
    }


def _leak_row(leak: Leak) -> Row:
    figures = {"p10": leak.p10, "median": leak.median, "p90": leak.p90}
    return {"known": leak.known, **{name: f"{value:.2f}" for name, value in figures.items()}}


def _plot(groups: Sequence[Recall], path: Path) -> None:
    mpl.use("Agg")
    figure, axes = plt.subplots(figsize=(11, 4.2), layout="constrained")
    width = 0.8 / len(_PLOTTED)
    for place, name in enumerate(_PLOTTED):
        at = [number + (place - 1.5) * width for number in range(len(groups))]
        axes.bar(at, [row.found[name] for row in groups], width, label=name)
    axes.set_xticks(range(len(groups)), [row.group for row in groups], rotation=30, ha="right")
    axes.set_ylabel("photos found again, %")
    axes.set_ylim(0, 100)
    axes.legend(ncols=len(_PLOTTED), loc="upper center", bbox_to_anchor=(0.5, 1.14), frameon=False)
    figure.savefig(path, dpi=90)
    plt.close(figure)
