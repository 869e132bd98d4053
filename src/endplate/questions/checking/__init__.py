"""The rules behind `check`, one file per kind of question; none of them knows the model."""
