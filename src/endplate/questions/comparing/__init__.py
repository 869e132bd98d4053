"""Parts of `compare`: the same person, the courses of a plan, differences, what turns them."""
