"""Several sessions: the rules of ``repeating``, a copy's ``history``, ``following`` it, and what came of it.

``merging`` puts courses of copies with different days together, ``cycles`` tells each session's own numbers.
"""
