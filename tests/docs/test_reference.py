"""The reference lists what there is: no more, no less."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import qsched

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "api.md"
LISTED = dict(re.findall(r"\{py:\w+\}`(\w+) <([\w.]+)>`", PAGE.read_text(encoding="utf-8")))


def test_table_lists_exactly_the_public_names():
    assert sorted(LISTED) == sorted(qsched.__all__)


@pytest.mark.parametrize("name", sorted(LISTED))
def test_name_in_the_table_leads_to_what_the_package_offers(name):
    module, _, attribute = LISTED[name].rpartition(".")
    assert getattr(importlib.import_module(module), attribute) is getattr(qsched, name)
