"""How the cost of a question grows with the list."""

from pathlib import Path

import matplotlib as mpl

from benchmarks.index.measures import Rows


def draw(rows: Rows, path: Path) -> None:
    """One line a way: the median of one question to 31 bits on random lists, as a PNG."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415  # only after the choice of a backend

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    lines: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        if row["what"] == "one question to 31 bits" and str(row["list"]).endswith("random"):
            length = int(str(row["list"]).split()[0].replace(",", ""))
            lines.setdefault(str(row["way"]), []).append((length, float(str(row["p50"]))))
    for name, points in lines.items():
        axes.loglog(*zip(*points, strict=True), marker="o", label=name)
    axes.set(
        xlabel="listed signatures", ylabel="ms of CPU, median", title="One question to 31 bits"
    )
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
