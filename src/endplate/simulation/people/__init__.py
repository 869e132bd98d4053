"""Who takes part: people of a population drawn, let in by limits, and told as a table.

``demographics`` is the interface, ``candidates`` draws, ``admission`` lets in, ``recruits`` holds who came;
``body_size`` and ``marginals`` are the distributions, ``table`` and ``checks`` a user's own people.
"""
