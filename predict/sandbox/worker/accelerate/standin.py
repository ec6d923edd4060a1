"""A booster that was loaded from text and that LightGBM has not read, or not yet."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable

from .forest import Declined, Forest
from .tally import Tally
from .text import Text, address, hold

Function = Callable[..., int]


class StandIn:
    """What answers in place of LightGBM's booster."""

    def __init__(self, text: Text, load: Function) -> None:
        """Let the kernel read the trees, and LightGBM everything else. `load` is LGBM_BoosterLoadModelFromString.

        Raises:
            Declined: LightGBM is to read it all.
        """
        self._load = load
        self._text: Text | None = text
        self._lock = threading.Lock()
        self._own: ctypes.c_void_p | None = None
        self.forest: Forest | None = Forest(address(text), text.size)
        self.iterations, self.trees = self.forest.iterations, self.forest.trees
        self._agreed: bool | None = None
        bare = hold(without_trees(text, self.forest))
        self._bare = self._read(bare)
        if self._bare is None:
            raise Declined("LightGBM does not accept its header")

    def _read(self, text: Text) -> ctypes.c_void_p | None:
        handle, iterations = ctypes.c_void_p(), ctypes.c_int()
        refused = self._load(text, ctypes.byref(iterations), ctypes.byref(handle))
        return None if refused else handle

    @property
    def for_header(self) -> ctypes.c_void_p:
        """A booster of LightGBM's that knows all but the trees."""
        assert self._bare is not None  # noqa: S101  else it could not be made
        return self._own or self._bare

    def own(self) -> ctypes.c_void_p | None:
        """LightGBM's own booster; None if LightGBM refuses the text, its last error tells why."""
        with self._lock:
            if self._own is None:
                assert self._text is not None  # noqa: S101  it is let go only once it is read
                self._own = self._read(self._text)
                self._text = None if self._own else self._text
            return self._own

    def agrees(self, ask: Callable[[], bool], tally: Tally) -> bool:
        """Whether LightGBM and the kernel predict the same: `ask` is called once, for all threads."""
        with self._lock:
            if self._agreed is None:
                self._agreed = ask()
                tally.serve(0, self.trees if self._agreed else 0)
            return self._agreed

    def changed(self) -> None:
        """LightGBM's booster is about to be another one than the text says."""
        self.forest = None

    def handles(self) -> list[ctypes.c_void_p]:
        """What LightGBM has to free."""
        return [handle for handle in (self._bare, self._own) if handle]

    def excerpt(self, iterations: list[int]) -> bytes | None:
        """A model text with these iterations alone; None if the text is gone."""
        text, forest = self._text, self.forest
        if text is None or forest is None:
            return None
        numbers = [i * forest.classes + k for i in iterations for k in range(forest.classes)]
        return assemble(text, forest, [part(text, forest.tree_start(i), forest.tree_start(i + 1)) for i in numbers])


def without_trees(text: Text, forest: Forest) -> bytes:
    """A model text of the same booster before it was trained."""
    return assemble(text, forest, [])


def assemble(text: Text, forest: Forest, trees: list[bytes]) -> bytes:
    """A model text with other trees, which are numbered anew."""
    renumbered = [b"Tree=%d\n%b" % (number, tree.partition(b"\n")[2]) for number, tree in enumerate(trees)]
    before, _, after = part(text, 0, forest.tree_start(0)).partition(b"\ntree_sizes=")
    sizes = b" ".join(b"%d" % len(tree) for tree in renumbered)
    header = before + b"\ntree_sizes=" + sizes + b"\n" + after.partition(b"\n")[2]
    return header + b"".join(renumbered) + part(text, forest.tree_start(forest.trees), text.size)


def part(text: Text, start: int, end: int) -> bytes:
    """Some bytes of a text."""
    return ctypes.string_at(address(text) + start, end - start)
