"""Published cases of variances: what their inputs say, and what `costing` makes of it.

``words`` finds out which inputs belong together, ``resources``, ``conversion`` and
``tables`` compute amounts, ``reader`` puts them together, ``rules`` makes more cases.
"""
