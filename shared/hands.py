"""Several hands for one long work: while the database works for one, Python works for another."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

HANDS = 2  # what two cores bear beside live work; a third brought nothing there
Piece = TypeVar("Piece")
Result = TypeVar("Result")


def spread(work: Callable[[Piece], Result], pieces: Iterable[Piece], hands: int = HANDS) -> Iterator[Result]:
    """What `work` makes of each piece, in their order; a piece is asked for when a hand is free.

    Pieces are worked on in threads, so each opens its own transaction. What one raises is raised here, after those
    begun have ended.
    """
    begun: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(hands, thread_name_prefix="hand") as pool:
        for piece in pieces:
            if len(begun) == hands:
                yield begun.popleft().result()
            begun.append(pool.submit(work, piece))
        while begun:
            yield begun.popleft().result()
