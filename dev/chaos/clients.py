"""Eight clients that work at the same time: make, deliver, take back, post, seal.

A call that is refused or lost is no failure here; what the database holds afterwards is
checked by others.
"""

import json
import random
import signal
import threading
from pathlib import Path

from .board import Board
from .rpc import Lost, Person, Refused

CLIENTS = 8
#: What a client does next, and how often.
STEPS = {
    "make": 1,
    "deliver": 3,
    "take_back": 1,
    "finish": 10,
    "post": 1,
    "seal": 1,
}
PATIENCE = 0.7  # seconds of pause after a lost call


class Client(threading.Thread):
    """One of the clients, with dice of its own."""

    def __init__(self, number: int, job: dict, board: Board) -> None:
        super().__init__(daemon=True)
        self.job = job
        self.board = board
        self.dice = random.Random(f"{job['seed']} {number}")
        self.ports = job["ports"][number % 2 :] + job["ports"][: number % 2]
        self.ended = threading.Event()

    def run(self) -> None:
        names, weights = [*STEPS], [*STEPS.values()]
        while not self.ended.is_set():
            self._try(self.dice.choices(names, weights)[0])

    def _try(self, step: str) -> None:
        try:
            getattr(self, step)()
        except Refused as refused:
            self.board.count(f"refused: {refused.kind}")
            if not refused.kind.startswith(tuple(self.job["expected"])):
                self.board.surprises.add(str(refused)[:300])
            if refused.kind.startswith("psycopg2."):
                self.ended.wait(PATIENCE)
        except Lost:
            self.board.count("lost")
            # The other server may be up.
            self.ports.reverse()
            self.ended.wait(PATIENCE)

    def _get_person(self, role: str) -> Person:
        company = self.job["company"]
        return Person(self.ports[0], *self.job["people"][role], company)

    # -- steps ----------------------------------------------------------------

    def make(self) -> None:
        """Plan and confirm an order of one unit."""
        product, bill = self.dice.choice(self.job["bills"])
        call = self._get_person("operator").call
        order = call(
            "mrp.production",
            "create",
            {"product_id": product, "bom_id": bill, "product_qty": 1},
        )
        call("mrp.production", "action_confirm", [order])
        self.board.offer_order(order, product)

    def deliver(self) -> None:
        """Prepare the delivery of a unit that was made."""
        product = self.board.take(self.board.made, self.dice)
        if not product:
            return
        where = self.job["delivery"]
        move = {
            **where["move"],
            **{"product_id": product, "product_uom_qty": 1},
            **{"quantity": 1, "picked": True},
        }
        values = {**where["transfer"], "move_ids": [[0, 0, move]]}
        transfer = self._get_person("operator").call("stock.picking", "create", values)
        self.board.offer_transfer("delivery", transfer, product)

    def take_back(self) -> None:
        """Prepare the return of a delivery."""
        delivery = self.board.take(self.board.delivered, self.dice)
        if not delivery:
            return
        call = self._get_person("operator").call
        wizard = "stock.return.picking"
        key = call(wizard, "create", {"picking_id": delivery.key})
        action = call(wizard, "action_create_returns_all", [key])
        self.board.offer_transfer("return", action["res_id"], delivery.product)

    def finish(self) -> None:
        """Finish an open document, perhaps one that another client finishes now."""
        document = self.board.choose(self.dice)
        if not document:
            return
        call = self._get_person("operator").call
        try:
            answer = call(document.model, document.method, [document.key])
        except Refused as refused:
            if refused.kind.startswith("odoo.exceptions."):
                self.board.drop(document)
            raise
        if isinstance(answer, dict) and answer.get("target") == "new":
            raise Refused("question", f"{document}: {answer.get('res_model')}")
        self.board.acknowledge(document, self.dice)

    def post(self) -> None:
        """Post what is summarised per day, and what was refused."""
        call = self._get_person("accountant").call
        pending = call("backflush.entry", "search", [["state", "=", "pending"]])
        if pending:
            call("backflush.entry", "action_post", pending)
            self.board.count("posting")

    def seal(self) -> None:
        """Seal what is posted."""
        call = self._get_person("accountant").call
        chain = call("backflush.chain", "action_open")["res_id"]
        call("backflush.chain", "action_seal", [chain])
        self.board.count("sealing")


def work(job: dict) -> None:
    """Let the clients work until SIGINT; leave their counts."""
    board = Board(Path(job["diary"]))
    for order, product in job["ready"]:
        board.offer_order(order, product)
    clients = [Client(number, job, board) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    for client in clients:
        client.ended.set()
    for client in clients:
        client.join()
    counts = {"counts": board.counts, "surprises": sorted(board.surprises)}
    Path(job["counts"]).write_text(json.dumps(counts), encoding="utf-8")
