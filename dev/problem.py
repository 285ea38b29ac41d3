"""The one exception that ``./run`` shows to the person at the terminal."""


class Problem(Exception):
    """What is wrong and what to do, in one short message without traceback."""
