"""How it is told: figures, report and terminal, from finished results only."""
