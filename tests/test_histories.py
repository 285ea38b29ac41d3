"""Random histories of real documents, in every variant, over two companies.

60 histories of up to 30 steps with a fixed seed; the number is set by the environment
variable BACKFLUSH_HISTORIES (``./run test --histories N``), and seeds are fresh then.
"""

import logging
import os
import sys

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from odoo.tests import TransactionCase, tagged

from .histories.machine import STEPS, make_machine
from .histories.shorten import shorten
from .histories.world import World

_logger = logging.getLogger(__name__)

VARIANTS = 4
DEFAULT_HISTORIES = 60
MAX_STEPS = 30
SEED = 20261122


class HistoryCase(TransactionCase):
    at_sale = False
    recorded = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.world = World(cls.env, cls.at_sale, cls.recorded)

    def play(self):
        """Play this variant's share of the histories; print one that fails."""
        asked = os.environ.get("BACKFLUSH_HISTORIES")
        histories = -(-int(asked or DEFAULT_HISTORIES) // VARIANTS)
        machine = make_machine(self.world)
        if not asked:
            seed(SEED)(machine)
        try:
            run_state_machine_as_test(machine, settings=self._get_settings(histories))
        except Exception:
            script = self.world.get_script(shorten(self.world))
            sys.stdout.write(script)
            raise
        played = self.world.played
        _logger.info("%s histories, %s steps: %s", histories, played.total(), played)
        # A few histories need not be of many kinds.
        many = histories >= DEFAULT_HISTORIES // VARIANTS
        least = len(STEPS) // 2 if many else 0
        self.assertGreater(len(played), least, "few kinds of steps were played")

    def _get_settings(self, histories):
        return settings(
            max_examples=histories,
            stateful_step_count=MAX_STEPS,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            # See shorten: each history takes seconds, hypothesis would take minutes.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )


@tagged("post_install", "-at_install")
class TestRecordedAtCompletion(HistoryCase):
    def test_histories(self):
        self.play()


@tagged("post_install", "-at_install")
class TestRecordedAtSale(HistoryCase):
    at_sale = True

    def test_histories(self):
        self.play()


@tagged("post_install", "-at_install")
class TestNotRecordedAtCompletion(HistoryCase):
    recorded = False

    def test_histories(self):
        self.play()


@tagged("post_install", "-at_install")
class TestNotRecordedAtSale(HistoryCase):
    at_sale, recorded = True, False

    def test_histories(self):
        self.play()
