"""Parts of `develop`: the child, its bones, and the course of blocks over years."""
