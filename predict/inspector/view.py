"""Show what a pickle told, for people: on a terminal, or in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from predict.inspection.known import is_library
from predict.inspection.rules import written
from predict.printable import printable

if TYPE_CHECKING:
    from predict.inspection.facts import Facts, Want
    from predict.inspection.finding import Finding, Judgement, Verdict
    from predict.report import Report

    from .command import Inspection

WIDTH = 110  # where nobody says how wide it is
KIB, MIB = 1024, 1024**2
MOST = 6
WORDS: dict[Verdict, tuple[str, str]] = {
    "runs": ("runs", "bold green"),
    "warning": ("look", "bold yellow"),
    "fails": ("no", "bold red"),
    "unknown": ("?", "bold yellow"),
}
NOT_THERE = {
    "network": "there is no network during a run",
    "process": "it shares the CPU and the memory of the model",
    "file": "only the libraries and a scratch folder can be read during a run",
    "gpu": "there is no GPU",
}


def show(found: Inspection) -> None:
    """Print it on stdout."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    console.print(rendered(found))


def rendered(found: Inspection) -> Group:
    """Facts, verdicts, what now."""
    parts: list[Table | Padding] = [_facts(found)]
    if not found.facts.unreadable:
        parts.append(_verdicts(found))
    return Group(*parts, _what_now(found))


def verdict(report: Report, found: Inspection) -> Group:
    """What a run came to, and what the file tells."""
    colour = {"Success": "green", "Failed": "red", "Error": "yellow"}[report.status]
    title = f"{report.status} ({report.reason})" if report.reason else report.status
    accepted = f"{report.predictions.rows} predictions, all accepted." if report.predictions else report.message
    lines = [Text(printable(accepted))]
    lines += [Text(f"What now: {printable(report.hint)}", style="bold")] if report.hint else []
    lines += [Text(printable(report.trace.rstrip()), style="dim")] if report.trace else []
    lines += [Text(f"Warning: {printable(warning)}", style="yellow") for warning in report.warnings]
    lines.append(Text(_used(report), style="dim"))
    return Group(Panel(Group(*lines), title=title, title_align="left", border_style=colour), rendered(found))


def _used(report: Report) -> str:
    peak = f", {_size(report.peak_memory)} of memory" if report.peak_memory else ""
    return f"It took {report.timings['total']:.1f} s{peak}."


def _facts(found: Inspection) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row(Text(printable(found.file)), _file(found.facts))
    for name, value in _rows(found.facts):
        table.add_row(f"  {name}", Text(printable(value)))
    return table


def _file(facts: Facts) -> Text:
    around = f", in {' in '.join(reversed(facts.wrappers))}" if facts.wrappers else ""
    protocol = "" if facts.unreadable else f", pickle protocol {facts.protocol}"
    return Text(f"{_size(facts.size)}{protocol}{around}", style="dim")


def _rows(facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.unreadable:
        yield "unreadable", facts.unreadable
        return
    yield "made by", ", ".join(_made_by(facts))
    yield "holds", _model(facts)
    yield "needs", ", ".join(_needs(facts)) or "nothing but Python"
    if facts.parts:
        shown = (f"{_size(part.size)} in {part.number} {part.owner}" for part in facts.parts[:MOST])
        yield "large", ", ".join(shown)
    for want in facts.wants[:MOST]:
        yield "look", _want(want)
    if facts.calls:
        yield "danger", f"loading it calls {', '.join(facts.calls[:MOST])}"


def _made_by(facts: Facts) -> Iterator[str]:
    if facts.pythons is None:
        yield "any Python (it has no code)"
    elif facts.strange or not facts.pythons:
        yield "no one Python that is known here"
    else:
        code = f"{facts.codes} code object{'s' if facts.codes > 1 else ''}"
        yield f"Python {' or '.join(facts.pythons)} ({'certain' if len(facts.pythons) == 1 else 'both fit'}: {code})"
    told = dict.fromkeys(f"{said.library} {written(said)}" for said in facts.evidence)
    yield from told


def _model(facts: Facts) -> str:
    model = facts.model
    columns = f"; names {len(facts.columns)} feature columns" if facts.columns else ""
    if model.needs is None:
        return f"{model.kind} {model.name}{columns}"
    return f"{model.kind} {model.name}({', '.join(model.needs)}{', ...' if model.takes_more else ''}){columns}"


def _needs(facts: Facts) -> Iterator[str]:
    """Modules of the first level that are not Python's own; those of nobody are called so."""
    import sys

    named = [module for module, _ in facts.names] + [*facts.modules]
    named += [use.module for use in facts.uses if use.kind == "import"]
    tops = dict.fromkeys(module.partition(".")[0] for module in named)
    for top in tops:
        if top not in sys.stdlib_module_names and top not in ("__main__", "cloudpickle"):
            yield top if is_library(top) or top.startswith("_") else f"{top} (in no image: a file of its author's?)"


def _want(want: Want) -> str:
    line = f", line {want.line}" if want.line else ""
    return f"{want.function}(){line}: {want.what}: {NOT_THERE[want.kind]}"


def _verdicts(found: Inspection) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("where", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("why", overflow="fold")
    for judgement in (found.here, *found.images):
        where = "this Python" if judgement is found.here else judgement.environment
        word, style = WORDS[judgement.verdict]
        table.add_row(where, Text(word, style=style), _why(judgement, is_best=judgement.environment == found.best))
    return table


def _why(judgement: Judgement, *, is_best: bool) -> Text:
    if not judgement.findings:
        return Text("use this one" if is_best else "")
    first, *others = judgement.findings
    more = f" (and {len(others)} more)" if others else ""
    return Text(printable(f"{first.message}{f' {first.where}.' if first.where else ''}{more}"))


def _what_now(found: Inspection) -> Padding:
    """What to type, and what to mend: each thing once."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    if found.command:
        table.add_row("run it", Text(found.command))
    fixes = dict.fromkeys(_fix(finding) for finding in _to_mend(found))
    for number, fix in enumerate(list(fixes)[:MOST]):
        table.add_row("mend it" if not number else "", Text(printable(fix)))
    return Padding(table, (0, 0, 1, 0))


def _to_mend(found: Inspection) -> Iterator[Finding]:
    """What stands in the way here; where nothing does, what does in the best image."""
    if found.here.verdict != "runs":
        yield from found.here.findings
    for judgement in found.images:
        if judgement.environment == found.best:
            yield from judgement.findings


def _fix(finding: Finding) -> str:
    return f"{finding.fix} ({finding.where})" if finding.where else finding.fix


def _size(size: int) -> str:
    if size < KIB:
        return f"{size} bytes"
    return f"{size / MIB:,.1f} MiB" if size >= MIB else f"{size / KIB:,.1f} KiB"
