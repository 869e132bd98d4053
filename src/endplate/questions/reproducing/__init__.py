"""The parts of `reproduce`: groups of people, arms, measures, scores and the empirical comparator."""
