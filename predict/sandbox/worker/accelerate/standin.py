"""A booster that was loaded from text and that LightGBM has not read, or not yet."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterable

from .forest import Declined, Forest
from .tally import Tally
from .text import Text, address, hold, hold_array

Function = Callable[..., int]


class StandIn:
    """What answers in place of LightGBM's booster."""

    def __init__(self, text: Text, load: Function) -> None:
        """Let the kernel read the trees. `load` is LGBM_BoosterLoadModelFromString.

        Raises:
            Declined: LightGBM is to read it.
        """
        self._load = load
        self._lock = threading.RLock()
        self._text: Text | None = None
        self._own: ctypes.c_void_p | None = None
        self._bare: ctypes.c_void_p | None = None
        self._asked = False
        self._disagreement: str | None = None
        self.forest: Forest | None = Forest(address(text), text.size)
        self.iterations, self.trees, self.classes = self.forest.iterations, self.forest.trees, self.forest.classes

    def own(self) -> ctypes.c_void_p | None:
        """LightGBM's own booster; None if LightGBM refuses the text, its last error tells why."""
        with self._lock:
            if self._own is None:
                self._own = self._read(self._take_text())
                self._text = None if self._own else self._text
            return self._own

    def _take_text(self) -> Text:
        """Unpack it, once: both together would take more than LightGBM does."""
        if self._text is None:
            assert self.forest is not None  # noqa: S101  it goes after LightGBM's own booster came
            self._text = hold_array(self.forest.text(0, self.forest.size))
            self.forest.forget_text()
        return self._text

    def for_header(self) -> ctypes.c_void_p | None:
        """A booster of LightGBM's that knows all but the trees behind the first; with none, it reads no parameters."""
        with self._lock:
            if self._own is None and self._bare is None and self._text is None:
                self._bare = self._read(hold(self.excerpt([0])))
            return self._own or self._bare or self.own()

    def _read(self, text: Text) -> ctypes.c_void_p | None:
        handle, iterations = ctypes.c_void_p(), ctypes.c_int()
        refused = self._load(text, ctypes.byref(iterations), ctypes.byref(handle))
        return None if refused else handle

    def agree(self, ask: Callable[[], bool], tally: Tally) -> None:
        """Make sure that LightGBM and the kernel predict the same: `ask` is called once, for all threads.

        Raises:
            Declined: they do not, or LightGBM would not tell.
        """
        with self._lock:
            if not self._asked:
                self._asked, self._disagreement = True, "LightGBM could not be asked"
                self._disagreement = _ask(ask)
                tally.serve(0, 0 if self._disagreement else self.trees)
            if self._disagreement:
                raise Declined(self._disagreement)

    def changed(self) -> None:
        """LightGBM's booster is about to be another one than the text says."""
        self.forest = None

    def handles(self) -> list[ctypes.c_void_p]:
        """What LightGBM has to free."""
        return [handle for handle in (self._bare, self._own) if handle]

    @property
    def has_text(self) -> bool:
        """Whether excerpts can be made."""
        return self._own is None and self._text is None

    def excerpt(self, iterations: Iterable[int]) -> bytes:
        """A model text with these iterations alone."""
        forest = self.forest
        assert forest is not None  # noqa: S101  it goes after LightGBM's own booster came
        numbers = (i * forest.classes + k for i in iterations for k in range(forest.classes))
        return assemble(forest, [forest.text(forest.tree_start(i), forest.tree_start(i + 1)).value for i in numbers])


def _ask(ask: Callable[[], bool]) -> str | None:
    try:
        return None if ask() else "LightGBM predicted something else for a few rows"
    except Declined as reason:
        return str(reason)


def assemble(forest: Forest, trees: list[bytes]) -> bytes:
    """The model text with other trees, which are numbered anew."""
    renumbered = [b"Tree=%d\n%b" % (number, tree.partition(b"\n")[2]) for number, tree in enumerate(trees)]
    before, _, after = forest.text(0, forest.tree_start(0)).value.partition(b"\ntree_sizes=")
    sizes = b" ".join(b"%d" % len(tree) for tree in renumbered)
    header = before + b"\ntree_sizes=" + sizes + b"\n" + after.partition(b"\n")[2]
    return header + b"".join(renumbered) + forest.text(forest.tree_start(forest.trees), forest.size).value
