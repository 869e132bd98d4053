"""Where a run's numbers come from, beside chance alone (``parameters``): each is a source of draws.

``people``: virtual people of several worlds; ``subset`` and ``joined``: some copies, or those of several
sources; ``overlay``: draws laid over others, as ``steered`` (some scores set) and ``table`` (a user's own
numbers) do; ``factors``: copies at asked shares of what is not certain; ``cloud``: copies that can move.
"""
