"""How Sphinx builds the documentation; `.ci/run` has the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "qsched"
author = "The qsched developers"
copyright = f"2026, {author}"
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinxcontrib.bibtex",
]
exclude_patterns = ["_build", "_templates", "changelog.d"]
templates_path = ["_templates"]
html_theme = "furo"
html_title = f"qsched {__version__}"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
bibtex_bibfiles = ["refs.bib"]
bibtex_default_style = "unsrt"

autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
# Attributes are documented in the class docstring; as fields they do not become a second entry.
napoleon_use_ivar = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
# In docstrings single backticks name things of this package or plain code; both read well as code.
default_role = "code"

nitpicky = True
# The build works offline, so there is no index of other projects: their names stay plain text.
# Names of qsched that are written in full are checked, unless they are private or type variables.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!qsched\.).*"),
    (r"py:.*", r"qsched\.(.*\.)?(_.*|[A-Z])"),
]

# Napoleon takes what stands before a colon in the docstring of a constant for its type; ours are
# sentences. They are set aside before it and put back after it.
_SENTENCES: dict[str, list[str]] = {}


def _set_aside(
    _app: Sphinx, what: str, name: str, _obj: object, _options: object, lines: list[str]
) -> None:
    if what in {"attribute", "data"}:
        _SENTENCES[name] = list(lines)


def _put_back(
    _app: Sphinx, _what: str, name: str, _obj: object, _options: object, lines: list[str]
) -> None:
    if name in _SENTENCES:
        lines[:] = _SENTENCES.pop(name)


def setup(app: Sphinx) -> None:
    """Run the two around napoleon, which has priority 500."""
    app.connect("autodoc-process-docstring", _set_aside, priority=400)
    app.connect("autodoc-process-docstring", _put_back, priority=600)
