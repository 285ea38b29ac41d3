"""A world of two factories: steps are played on it, checked, printed to be replayed.

``replay`` plays a printed history in any database with the module, and rolls it back.
"""

import sys
from collections import Counter
from types import SimpleNamespace

from .checks import check
from .factory import DOLLARS, YEN, Factory

SCRIPT = '''\
"""A history that broke what is always true of the books. Run it with

    ./run shell < this_file.py
"""
from odoo.addons.mrp_account_backflush.tests.histories import replay

replay(
    env,
    at_sale={at_sale},
    recorded={recorded},
    steps=[
{steps}
    ],
)
'''


class World:
    """Two factories of one variant."""

    def __init__(self, env, at_sale, recorded):
        self.env, self.at_sale, self.recorded = env, at_sale, recorded
        partners = env["res.partner"].create([{"name": "Vendor"}, {"name": "Customer"}])
        case = SimpleNamespace(env=env, vendor=partners[0], customer=partners[1])
        self.factories = [
            Factory(case, setting, at_sale, recorded) for setting in (DOLLARS, YEN)
        ]
        self.history, self.played = [], Counter()

    def begin(self):
        """Start a history; ``end`` takes all of it back."""
        self.env.flush_all()
        self.history = []
        for factory in self.factories:
            factory.start()
        self._savepoint = self.env.cr.savepoint(flush=False)

    def end(self):
        self._savepoint.close(rollback=True)
        self.env.transaction.clear()
        self.env.registry.clear_cache()

    def find(self, name):
        """(factory, document) pairs on which step ``name`` can be played now."""
        return [(f, document) for f in self.factories for document in f.find(name)]

    def do(self, name, pick, **numbers):
        """Play a step on the ``pick``-th choice, and check what is always true.

        A step that cannot be played is left out, so that a history can be shortened.
        """
        self.history.append((name, {"pick": pick, **numbers}))
        if choices := self.find(name):
            factory, document = choices[pick % len(choices)]
            factory.play(name, document, **numbers)
            factory._get_new_entries()
            check(factory)
            self.played[name] += 1

    def finish(self):
        """Mend, receive and bill what is open: now core's closing has nothing to do."""
        for factory in self.factories:
            for name, numbers in (
                ("mend", {}),
                ("post_bill_again", {"price": 10}),
                ("receive", {"quantity": 1000}),
                ("bill", {"quantity": 1000, "price": 10, "days_ago": 0}),
                ("do_twice", {}),
            ):
                for document in factory.find(name):
                    factory.play(name, document, **numbers)
            check(factory)

    def get_script(self, history):
        """Return a history as a script."""
        steps = "\n".join(f"        {step!r}," for step in history)
        return SCRIPT.format(at_sale=self.at_sale, recorded=self.recorded, steps=steps)


def replay(env, at_sale, recorded, steps):
    """Play ``steps`` one by one, each shown before it is played, and roll them back.

    :raises AssertionError: what is not true after the last step shown
    """
    try:
        world = World(env, at_sale, recorded)
        world.begin()
        for number, (name, numbers) in enumerate(steps, 1):
            sys.stdout.write(f"{number:3} {name} {numbers}\n")
            world.do(name, **numbers)
        world.finish()
        sys.stdout.write("Everything holds.\n")
    finally:
        env.cr.rollback()
