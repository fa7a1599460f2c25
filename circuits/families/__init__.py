"""Builders of the sample circuits: one function per family, sizes as arguments."""
