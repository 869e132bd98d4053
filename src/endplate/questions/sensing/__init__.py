"""Parts of `sensitivity`: the outcome asked for, the model as a function of shares, indices, the table."""
