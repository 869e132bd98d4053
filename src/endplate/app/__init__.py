"""The doors: the command line. Reads files, asks the questions, shows and writes the answers."""
