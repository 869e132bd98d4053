"""What the field knows, as data: evidence, vocabulary and labels. Nothing here imports the rest."""
