"""Chaos: its plan, its board, and the counts that it takes from logs."""

import doctest
import json
import random
import types
import unittest
from itertools import islice

from .. import conflicts
from ..chaos import checks, faults, servers
from ..chaos.board import Board
from .common import FolderCase


class TestExamples(unittest.TestCase):
    def test_examples(self):
        """The examples in docstrings hold."""
        for module in (conflicts, faults):
            self.assertFalse(doctest.testmod(module).failed, module.__name__)


class TestPlan(unittest.TestCase):
    def test_each_kind_in_each_round(self):
        """A round has every kind once, in an order that the seed decides."""
        kinds = sorted(faults.KINDS)
        number = len(kinds)
        for seed in range(5):
            found = [
                fault.kind for fault in islice(faults.plan(seed, kinds), 2 * number)
            ]
            self.assertEqual(sorted(found[:number]), kinds)
            self.assertEqual(sorted(found[number:]), kinds)

    def test_same_seed_same_plan(self):
        kinds = list(faults.KINDS)
        first, again, other = (
            list(islice(faults.plan(seed, kinds), 20)) for seed in (1, 1, 2)
        )
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)


class TestBoard(FolderCase):
    def setUp(self):
        super().setUp()
        self.dice = random.Random(1)
        self.diary = self.folder / "diary"
        self.board = Board(self.diary)
        self.addCleanup(self.board.diary.close)

    def test_lost_is_tried_again(self):
        """A document whose end nobody acknowledged is still to be finished."""
        self.board.offer_order(7, 1)
        self.assertEqual(self.board.choose(self.dice).key, 7)
        self.assertEqual(self.board.choose(self.dice).key, 7)

    def test_finished_twice_counts_once(self):
        """Two clients finish an order: it is made once, the diary has it once."""
        self.board.offer_order(7, 1)
        order = self.board.choose(self.dice)
        self.board.acknowledge(order, self.dice)
        self.board.acknowledge(order, self.dice)
        self.assertEqual(self.board.made, [1])
        lines = self.diary.read_text(encoding="utf-8").splitlines()
        self.assertEqual(
            [json.loads(line) for line in lines], [{"model": "mrp.production", "id": 7}]
        )
        self.assertEqual(self.board.counts["finished again"], 1)

    def test_refused_leaves(self):
        self.board.offer_transfer("delivery", 3, 1)
        self.board.drop(self.board.choose(self.dice))
        self.assertIsNone(self.board.choose(self.dice))


class TestLogs(FolderCase):
    def test_statement_of_the_same_process(self):
        """Lines of another process may come between an error and its statement."""
        log = "\n".join(
            [
                "t [1] ERROR:  deadlock detected",
                "t [2] STATEMENT:  SELECT 1 FROM other",
                "t [1] STATEMENT:  UPDATE mine SET x = 1",
            ]
        )
        self.assertEqual(conflicts.count_conflicts(log), {"UPDATE mine": 1})

    def test_retries(self):
        log = self.folder / "log"
        name = "t 1 INFO chaos odoo.service.model: SERIALIZATION_FAILURE, "
        log.write_text(
            f"{name}4 tries left, try again in 0.1 sec...\n"
            f"{name}maximum number of tries reached!\n",
            encoding="utf-8",
        )
        server = types.SimpleNamespace(log=log)
        self.assertEqual(
            servers.Server.get_retries(server),
            {
                "retry after SERIALIZATION_FAILURE": 1,
                "given up: SERIALIZATION_FAILURE": 1,
            },
        )


class TestChecks(FolderCase):
    def test_acknowledged(self):
        """The diary's documents are asked for by model; none is asked for as none."""
        diary = self.folder / "diary"
        diary.write_text(
            '{"model": "mrp.production", "id": 7}\n'
            '{"model": "mrp.production", "id": 8}\n',
            encoding="utf-8",
        )
        query = checks.get_acknowledged_check(diary)
        self.assertIn("'{7,8}'::int[]", query)
        self.assertIn("'{}'::int[]", query)
