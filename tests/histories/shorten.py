"""A failing history is shortened: steps without which it fails in the same way."""

import re
import time

#: What differs between two failures of the same kind.
DETAILS = re.compile(r"[\d.,-]+")


def shorten(world, seconds=60):
    """Return the steps of the world's history, which failed, that are needed to fail.

    Ever smaller pieces are left out, for so many seconds; a step that then finds no
    document to be played on does nothing.
    """
    end = time.monotonic() + seconds
    steps = list(world.history)
    failure, size = get_failure(world, steps), len(steps) // 2
    while size:
        for start in range(len(steps) - size, -1, -size):
            fewer = steps[:start] + steps[start + size :]
            if time.monotonic() > end:
                return steps
            if get_failure(world, fewer) == failure:
                steps = fewer
        size //= 2
    return steps


def get_failure(world, steps):
    """Play a history on the world; what went wrong, but for its numbers, or None."""
    world.begin()
    try:
        for name, numbers in steps:
            world.do(name, **numbers)
        world.finish()
    except Exception as error:
        return type(error).__name__, DETAILS.sub("", str(error))[:60]
    finally:
        world.end()
    return None
