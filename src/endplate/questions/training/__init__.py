"""Parts of the trainer: the limb shown, needles in it, what they do, the score, causes, shipped cases."""
