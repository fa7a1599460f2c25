"""Schedule quantum circuits over a cloud of QPUs."""

__version__ = "0.1.0"
