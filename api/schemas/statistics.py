"""Figures of a month as JSON, CSV and a plain page."""

import csv
from collections.abc import Sequence
from html import escape
from io import StringIO
from typing import Self

from pydantic import BaseModel, Field

from api.services.small_cells import Figure

_NOTE = "Figures below ten, and those from which one could be worked out, are left empty."


class FigureOut(BaseModel):
    """One number."""

    name: str = Field(examples=["matches"])
    by: dict[str, str] = Field(description="What is counted, in words of closed sets.")
    value: int | float | None = Field(description="Null: too small to be shown.")

    @classmethod
    def of(cls, figure: Figure) -> Self:
        """As it is sent."""
        return cls(name=figure.name, by=dict(figure.by), value=figure.value)


class StatisticsOut(BaseModel):
    """The figures of a month, UTC."""

    period: str = Field(examples=["2026-11"])
    figures: list[FigureOut]

    @classmethod
    def of(cls, period: str, figures: Sequence[Figure]) -> Self:
        """As it is sent."""
        return cls(period=period, figures=[FigureOut.of(figure) for figure in figures])


def as_csv(period: str, figures: Sequence[Figure]) -> str:
    """A line a figure: the month, its name, what it counts, its value or nothing."""
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow(["period", "name", "by", "value"])
    for figure in figures:
        lines.writerow([period, figure.name, _by(figure), _value(figure)])
    return text.getvalue()


def as_page(period: str, figures: Sequence[Figure]) -> str:
    """A page without a style or a script: one table, read as well by those who hear it."""
    rows = "".join(
        f'<tr><th scope="row">{escape(figure.name.replace("_", " "))}</th>'
        f"<td>{escape(_by(figure))}</td><td>{escape(_value(figure))}</td></tr>"
        for figure in figures
    )
    title = f"Figures of {escape(period)}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title></head><body><main><h1>{title}</h1><p>{_NOTE}</p>"
        "<table><caption>All platforms together</caption><thead><tr>"
        '<th scope="col">Figure</th><th scope="col">Of</th><th scope="col">Value</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></main></body></html>"
    )


def _by(figure: Figure) -> str:
    return ", ".join(f"{name} {word}" for name, word in figure.by.items())


def _value(figure: Figure) -> str:
    return "" if figure.value is None else str(figure.value)
