"""`endplate serve`: the questions over HTTP on this computer, and the pages that ask them."""
