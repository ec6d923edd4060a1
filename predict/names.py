"""What the parts of an answer are called, and the rules for that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from predict.errors import Problem
from predict.printable import examples
from predict.submission import Submission
from predict.tournaments import Tournament


@dataclass(frozen=True)
class Names:
    """The names in an answer, as the rules see them."""

    id: str
    in_column: bool
    """Whether the ids are a column, and not the index."""
    columns: list[str]
    """The first of `count`: without that of the ids, and without those that the rules drop."""
    count: int

    @property
    def place(self) -> str:
        """Where the ids are."""
        return f"column {self.id!r}" if self.in_column else "index"


def names_of(submission: Submission, live: Iterable[str], tournament: Tournament) -> Names:
    """Tell ids from values. An index without a name means the first ids of the live data, and any in Classic."""
    name, columns = submission.id, list(submission.columns)
    in_column = tournament.index is None and name in tournament.ids and name in columns
    if in_column:
        del columns[columns.index(name or "")]
    columns = [column for column in columns if column not in tournament.dropped]
    named = name not in (None, "id") and tournament.index is None
    return Names(
        id=name if name is not None and named else next(iter(live)),
        in_column=in_column,
        columns=columns,
        count=submission.count - (len(submission.columns) - len(columns)),
    )


def wrong_names(names: Names, live: Iterable[str], tournament: Tournament) -> Iterable[Problem]:
    """Name one column for the values, and ids that the live data has.

    The platform has no words for ids that it knows and the live data has not: it stumbles over them.
    """
    if names.count != 1 or names.columns not in [[name] for name in tournament.values]:
        needed = f"exactly one named {tournament.wanted} is needed"
        if not tournament.index and not names.in_column:
            needed += f", and ids as index or in a column named as in the live data ({examples(list(live))})"
        yield Problem("wrong_columns", f"{_columns(names)}; {needed}.", tournament.headers)
    if names.id not in live:
        what = f"The ids are in the {names.place}" if names.in_column else f"The index is named {examples([names.id])}"
        has = f"the live data has ids named {examples(list(live))}"
        yield Problem("wrong_index", f"{what}; {has}.", None if names.id in tournament.ids else tournament.headers)


def _columns(names: Names) -> str:
    beside = f" beside {names.id!r}" if names.in_column else ""
    if names.count == 0:
        return f"The predictions have no column{beside}"
    if names.count == 1:
        return f"The predictions' column is named {examples(names.columns)}"
    return f"The predictions have {names.count} columns{beside} ({examples(names.columns, names.count)})"
