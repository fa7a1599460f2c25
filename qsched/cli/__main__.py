"""``python -m qsched.cli`` is ``qsched``."""

from qsched.cli import main

main(prog_name="qsched")
