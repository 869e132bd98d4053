"""Spoilt input of every kind against every door of endplate: mutators, doors, special files, one runner."""
