"""The state machine: hypothesis chooses the steps of a history."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

PICK = st.integers(0, 99)
FEW = st.integers(1, 5)
CHANGE = st.sampled_from([-2, -1, 1, 2, 3])
COMPONENT = st.sampled_from(["plate", "screw", "steel"])
PRODUCT = st.sampled_from(["plate", "screw", "table"])
#: Tenths of the standard price.
TENTHS = st.integers(8, 12)
DAYS_AGO = st.sampled_from([0, 0, 0, 5, 20])

MANY = st.integers(1, 20)
MADE = {
    "quantity": FEW,
    "plates": st.integers(-2, 3),
    "steel": st.sampled_from([0, 0, 1, 2]),
    "minutes": st.integers(1, 90),
    "days_ago": DAYS_AGO,
    "backorder": st.sampled_from([True, True, False]),
}

#: {step of `Factory`: what its numbers are drawn from}
STEPS = {
    "buy": {
        "product": COMPONENT,
        "quantity": MANY,
        "received": st.integers(0, 20),
        "price": TENTHS,
    },
    "receive": {"quantity": MANY},
    "bill": {"quantity": MANY, "price": TENTHS, "days_ago": DAYS_AGO},
    "take_bill_back": {},
    "post_bill_again": {"price": TENTHS},
    "credit_bill": {"quantity": FEW},
    "return_to_vendor": {"quantity": FEW},
    "produce": {"more": st.integers(0, 3), **MADE},
    "complete": MADE,
    "complete_all": {"minutes": st.integers(1, 90)},
    "unbuild": {"quantity": FEW},
    "unbuild_any": {"quantity": FEW},
    "scrap": {"product": PRODUCT, "quantity": FEW},
    "count": {"product": PRODUCT, "quantity": CHANGE},
    "correct_used": {"quantity": CHANGE},
    "correct_made": {"quantity": CHANGE},
    "add_steel": {"quantity": FEW},
    "add_time": {"minutes": st.integers(1, 90)},
    "sell": {
        "quantity": st.integers(0, 5),
        "more": st.integers(1, 3),
        "days_ago": DAYS_AGO,
    },
    "deliver": {"quantity": FEW, "days_ago": DAYS_AGO},
    "deliver_all": {},
    "give_back": {"quantity": FEW},
    "correct_delivered": {"quantity": CHANGE},
    "invoice": {"quantity": FEW},
    "credit_invoice": {"quantity": FEW},
    "new_price": {"product": COMPONENT, "tenths": TENTHS},
    "new_card": {"tenths": TENTHS},
    "break_down": {"fault": st.sampled_from(["journal", "account", "daily"])},
    "mend": {},
    "do_twice": {},
    "reverse": {"decision": st.sampled_from(["again", "out"])},
    "close_period": {"days_ago": st.integers(1, 30)},
    "there_and_back": {
        "way": st.sampled_from(
            ["deliver", "produce", "bill", "credit_bill", "correct", "count", "reverse"]
        ),
        "quantity": FEW,
    },
}


#: Steps that a history is about: so many times as likely as the others.
OFTEN = dict.fromkeys(
    ("buy", "bill", "produce", "unbuild", "sell", "deliver", "give_back", "reverse"), 3
)


#: Histories are short, middling and long.
LENGTHS = st.sampled_from([10, 20, 30])


def make_machine(world):
    """Return a state machine class that plays on ``world``."""
    return type("History", (_History,), {"world": world})


class _History(RuleBasedStateMachine):
    """Begins with an empty world, and leaves one behind.

    One rule draws the name of the step and its numbers: rules of their own would be
    switched off at random, and what is always possible be played most of the time.
    """

    world = None

    def __init__(self):
        super().__init__()
        self.world.begin()
        self.sound = True
        self.length = None

    @rule(data=st.data())
    def step(self, data):
        if self.length is None:
            self.length = data.draw(LENGTHS)
        if len(self.world.history) >= self.length:
            return
        name = data.draw(st.sampled_from(self.get_possible()))
        numbers = data.draw(st.fixed_dictionaries({"pick": PICK, **STEPS[name]}))
        self.sound = False
        self.world.do(name, **numbers)
        self.sound = True

    def get_possible(self):
        """Return the steps that can be played now, those of OFTEN several times."""
        last = self.world.history[-1][0] if self.world.history else None
        return [
            name
            for name in STEPS
            if self.world.find(name) and (name != last or name in OFTEN)
            for _time in range(OFTEN.get(name, 1))
        ]

    def teardown(self):
        try:
            if self.sound:
                self.world.finish()
        finally:
            self.world.end()
