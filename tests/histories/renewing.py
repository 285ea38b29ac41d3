"""Steps of a history: a component has a new standard price, tables a new cost card."""


class Renewing:
    def new_price(self, product, tenths):
        """A component costs so many tenths of its first standard from today on."""
        price = self.first.prices[product] * tenths / 10
        self.case._put_price(self.products[product], float(price))
        self.books.change(prices={**self.plan.prices, product: price})
        self._get_new_entries()

    def new_card(self, tenths):
        """Tables are rolled up: components at their price of now, work at so many
        tenths of its first rate."""
        rate = self.first.rate * tenths / 10
        self.case.workcenter.costs_hour = float(rate)
        self.case._renew_card(self.products["table"])
        self.books.change(planned=self.plan.prices, rate=rate)
        self._get_new_entries()
