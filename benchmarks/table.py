"""Print the results of a benchmark: medians, ratios and verdicts."""

# What a command prints is its result, not its log.
# pylint: disable=print-used

from statistics import median

TARGET = 0.60

#: The ways in which orders are completed, and what the table calls them.
WAYS = {
    "batch": "{orders} orders in one call",
    "each": "orders one by one",
    "alone": "one order in a request of its own (nothing cached yet)",
}


def print_times(contenders, results, orders):
    """Print a table for each way of ``results``, {way: {contender: [Cost]}}.

    A ratio is the median of the ratios turn by turn, so that a machine that is busy at
    times slows down both sides of it.
    """
    for way, title in WAYS.items():
        found = results[way]
        print(f"\n{title.format(orders=orders)}")
        print(
            f"  {'':26}{'ms/order':>10}{'range':>14}{'/ native':>10}"
            f"{'cpu ms':>10}{'/ native':>10}{'queries':>10}"
        )
        for contender in contenders:
            costs = found[contender.key]
            times = [cost.seconds * 1000 for cost in costs]
            print(
                f"  {contender.label:26}{median(times):10.1f}"
                f"{f'{min(times):.0f} - {max(times):.0f}':>14}"
                f"{get_ratio(costs, found['native'], 'seconds'):10.2f}"
                f"{median(cost.busy for cost in costs) * 1000:10.1f}"
                f"{get_ratio(costs, found['native'], 'busy'):10.2f}"
                f"{median(cost.queries for cost in costs):10.1f}"
            )
        print_verdict(get_ratio(found["ours"], found["native"], "seconds"))


def get_ratio(costs, others, measure):
    """Return the median of the ratios of ``measure``, turn by turn."""
    return median(
        getattr(cost, measure) / getattr(other, measure)
        for cost, other in zip(costs, others, strict=True)
    )


def print_verdict(ratio):
    verdict = "met" if ratio <= TARGET else "MISSED"
    print(f"  ours / native = {ratio:.2f} (target ≤ {TARGET:.2f}): {verdict}")


def print_growth(tallies):
    """Print our own queries, {batch: {contender: Tally}}, as the batch grows."""
    print(
        "\nOur own queries in one call: those that no costing does not send, without\n"
        "the ones of core's journal entry (create and post of account.move)"
    )
    print(f"  {'orders':>6}{'reads':>8}{'bulk writes':>13}{'core entry':>12}")
    for batch, found in tallies.items():
        ours, none = found["ours"], found["none"]
        print(
            f"  {batch:6}{ours.reads - none.reads:8}{ours.writes - none.writes:13}"
            f"{ours.entries:12}"
        )
    reads = [found["ours"].reads - found["none"].reads for found in tallies.values()]
    growth = max(reads) - reads[0]
    verdict = f"{growth} MORE" if growth else "none more"
    print(f"  reads as the batch grows: {verdict}")
