"""Figures; the only user of matplotlib, which the extra ``report`` installs."""
