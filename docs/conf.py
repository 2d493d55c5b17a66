"""How the documentation is built: `./dev docs`. Nothing here needs a network."""

from __future__ import annotations

import inspect
import shutil
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import traitlets
from sphinx.util.inspect import stringify_signature

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DOCS = Path(__file__).resolve().parent
PROJECT = DOCS.parent

project = "legnext-widgets"
author = "legnext-widgets contributors"
project_copyright = author
release = metadata.version(project)
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["build"]
default_role = "literal"  # what stands between single backticks in docstrings
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}

# The notebooks are shown as they are stored, without outputs; tests run them.
nb_execution_mode = "off"
# By default pages with widgets load scripts of a CDN.
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
nb_number_source_lines = False
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autoclass_content = "both"  # the arguments of a client stand at its `__init__`
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
add_module_names = False

html_theme = "furo"
html_title = f"legnext-widgets {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options: dict[str, object] = {"top_of_page_buttons": []}


def _bring_notebooks() -> None:
    """Copy the notebooks into the sources of the site, which must lie in one folder."""
    target = DOCS / "notebooks"
    target.mkdir(exist_ok=True)
    for notebook in sorted((PROJECT / "notebooks").glob("*.ipynb")):
        copy = target / notebook.name
        if not copy.exists() or copy.read_bytes() != notebook.read_bytes():
            shutil.copyfile(notebook, copy)


_bring_notebooks()


def _own_signature(
    _app: object, kind: str, _name: str, value: object, _options: object, given: str, returns: str
) -> tuple[str, str]:
    """What a widget is made with: traitlets' own constructor hides it."""
    if kind != "class" or not (isinstance(value, type) and issubclass(value, traitlets.HasTraits)):
        return given, returns
    signature = inspect.signature(value.__init__)
    own = signature.replace(parameters=list(signature.parameters.values())[1:])
    return stringify_signature(own, show_return_annotation=False, unqualified_typehints=True), ""


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-signature", _own_signature)
