"""Every version of the tables, and the steps between them."""
