"""The version, in a leaf, so that a module may print it without importing the whole package."""

__version__ = "0.1.0"
