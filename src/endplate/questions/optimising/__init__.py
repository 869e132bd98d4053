"""Parts of `optimise`: who may, what is searched, held limits, the programme, the search, the full run."""
