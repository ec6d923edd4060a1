"""Damages model texts: as a disk or a careless editor does, and as somebody does who knows what the lines mean."""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Callable

WHOLE = "0 -0 1 -1 2 3 -2 7 31 32 255 256 65535 65536 2147483647 -2147483648 2147483648 4294967295 4294967296"
LARGE = "9223372036854775807 -9223372036854775808 99999999999999999999 1e308 1e400 -1e400 1e-400 5e-324 1e-330"
STRANGE = "nan -nan inf -inf infinity NaN 0.5 .5 1. 1e 1e+ +1 --1 0x10 0x1p3 1,5 1_0 00001 1e5 1E5 1d5 1f a é"
LONG = ["123456789012345678901234567890.5", "0." + "0" * 400 + "1", "1" * 400]
ODD = [*f"{WHOLE} {LARGE} {STRANGE}".split(), *LONG, "", " ", "- 1", "1\t", "\t1", "1\r", "\0"]
KEYS = [
    "average_output",
    "is_linear",
    "leaf_const",
    "tree_sizes",
    "num_cat",
    "objective",
    "Tree",
    "sigmoid",
    "label_index",
]
HEADER = [
    *("objective=poisson", "objective=binary sigmoid:2", "objective=regression sqrt", "objective=binary"),
    *("objective=multiclass num_class:2", "objective=lambdarank ", "objective=custom", "average_output"),
    *("num_class=2", "num_class=3", "num_tree_per_iteration=2", "max_feature_idx=9", "max_feature_idx=1"),
    *("version=v2", "version=v4", "label_index=3"),
]
RIGHT_SIZES = 0.7
Damage = Callable[[random.Random, str], str]


def flipped(chance: random.Random, text: str) -> str:
    """Some characters are others."""
    for _ in range(chance.choice([1, 1, 1, 3, 10])):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(" \n=-+.e0123456789\0\r\tax~\x7f") + text[at + 1 :]
    return text


def cut_out(chance: random.Random, text: str) -> str:
    """A piece is missing."""
    at = chance.randrange(len(text))
    return text[:at] + text[at + chance.choice([1, 1, 2, 10, 100, 1000]) :]


def put_in(chance: random.Random, text: str) -> str:
    """A piece of it is somewhere else too."""
    at, start = chance.randrange(len(text)), chance.randrange(len(text))
    return text[:at] + text[start : start + chance.choice([1, 2, 20, 200, 2000])] + text[at:]


def truncated(chance: random.Random, text: str) -> str:
    """The end is missing."""
    return text[: chance.randrange(len(text))]


def line_gone(chance: random.Random, text: str) -> str:
    """A line is missing."""
    lines = text.split("\n")
    del lines[some_line(chance, lines)]
    return "\n".join(lines)


def line_twice(chance: random.Random, text: str) -> str:
    """A line is there twice, the second time somewhere else or with other numbers."""
    lines = text.split("\n")
    line = lines[some_line(chance, lines)]
    again = chance.choice([line, line, line[: len(line) // 2], f"{line} 0", f"{line}=", f" {line}"])
    lines.insert(some_line(chance, lines), again)
    return "\n".join(lines)


def lines_swapped(chance: random.Random, text: str) -> str:
    """Two lines changed places."""
    lines = text.split("\n")
    one, other = some_line(chance, lines), some_line(chance, lines)
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def odd_number(chance: random.Random, text: str) -> str:
    """A number is another one, or none."""
    where = list(re.finditer(r"(?<=[= ])-?[0-9][-+.e0-9]*", text))
    found = chance.choice(where)
    return text[: found.start()] + chance.choice(ODD) + text[found.end() :]


def odd_value(chance: random.Random, text: str) -> str:
    """A line that matters has another value."""
    found = chance.choice(list(re.finditer(r"(?m)^([a-z_]+)=(.*)$", text[: text.find("end of trees")])))
    value = found[2]
    others = [f"{value} 1", value[:-1], f"{value} ", f" {value}", value.replace(" ", "  ", 1)]
    return text[: found.start(2)] + chance.choice([*ODD, *others]) + text[found.end(2) :]


def odd_list(chance: random.Random, text: str) -> str:
    """A list has a number of another of its places, one more, or one less."""
    found = chance.choice(list(re.finditer(r"(?m)^[a-z_]+=(.+ .+)$", text)))
    numbers = found[1].split(" ")
    at, from_where = chance.randrange(len(numbers)), chance.randrange(len(numbers))
    numbers[at : at + chance.choice([0, 1, 1, 1, 2])] = [numbers[from_where]]
    return text[: found.start(1)] + " ".join(numbers) + text[found.end(1) :]


def other_key(chance: random.Random, text: str) -> str:
    """A line has another name."""
    found = chance.choice(list(re.finditer(r"(?m)^([A-Za-z_]+)=?", text)))
    return text[: found.start(1)] + chance.choice([*KEYS, found[1].upper(), found[1] + "s"]) + text[found.end(1) :]


def other_header(chance: random.Random, text: str) -> str:
    """The header says something else that could be true."""
    line = chance.choice(HEADER)
    key = line.split("=")[0]
    changed, count = re.subn(f"(?m)^{key}(=.*)?$", line, text, count=1)
    return changed if count else text.replace("\nlabel_index", f"\n{line}\nlabel_index", 1)


def other_newlines(chance: random.Random, text: str) -> str:
    """As another system would write it."""
    return text.replace("\n", chance.choice(["\r\n", "\r", "\n\n"]), chance.choice([1, 5, -1]))


def other_trees(chance: random.Random, text: str) -> str:
    """Trees are repeated, missing, or in another order."""
    head, trees, tail = parts(text)
    chosen = [chance.choice(trees) for _ in trees] + trees[: chance.randrange(3)]
    return head + "".join(chosen[chance.randrange(2) :]) + tail


def renumbered(chance: random.Random, text: str) -> str:
    """Other trees, and their numbers are right."""
    head, trees, tail = parts(other_trees(chance, text))
    return head + "".join(re.sub(r"^Tree=\d+", f"Tree={number}", tree) for number, tree in enumerate(trees)) + tail


def parts(text: str) -> tuple[str, list[str], str]:
    """What is before the trees, the trees, and what is behind them."""
    end = text.index("end of trees") if "end of trees" in text else len(text)
    head, *trees = re.split(r"(?m)^(?=Tree=)", text[:end])
    return head, trees, text[end:]


def with_sizes(text: str) -> str:
    """The sizes of the trees, set right again: so the damage is found by who looks deeper."""
    sizes = " ".join(str(len(tree.encode())) for tree in parts(text)[1])
    return re.sub("(?m)^tree_sizes=.*", f"tree_sizes={sizes}", text, count=1)


def some_line(chance: random.Random, lines: list[str]) -> int:
    """One of the lines, and mostly one of the first, which say more."""
    return chance.randrange(len(lines) if chance.random() < 0.5 else min(len(lines), 30))


DAMAGES: list[Damage] = [
    *(flipped, cut_out, put_in, truncated, line_gone, line_twice, lines_swapped, odd_value, odd_list, odd_list),
    *(odd_number, odd_number, odd_number, other_key, other_header, other_header, other_newlines, other_trees),
    renumbered,
]


def damaged(chance: random.Random, text: str) -> str:
    """Damage a text, mostly once; not what follows the trees, where a missing line ends LightGBM's own process."""
    text, _, rest = text.partition("\nfeature_importances")
    for _ in range(chance.choice([1, 1, 1, 2])):
        with contextlib.suppress(IndexError, ValueError):  # so much is missing already that there is nothing to damage
            text = chance.choice(DAMAGES)(chance, text)
    if chance.random() < RIGHT_SIZES:
        text = with_sizes(text)
    return f"{text}\nfeature_importances{rest}" if "end of trees\n" in text else text
