"""The version of the package, and that of its model, which any changed number raises."""

__version__ = "0.1.0"
MODEL_VERSION = "9"
