"""How Sphinx builds these pages: ``make docs`` runs every cell, checks every link and stops at a warning."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))
# Cells run the program of this very environment, in a folder of their own, 90 columns wide.
os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
paths = (str(HERE / "_ext"), os.environ.get("PYTHONPATH", ""))
os.environ |= {
    "REPOSITORY": str(HERE.parent),
    "COLUMNS": "90",
    "PYTHONPATH": os.pathsep.join(paths).strip(os.pathsep),
}

from endplate import __version__
from endplate.knowledge.vocabulary.wording import BANNER

project = "endplate"
author = copyright = "The endplate contributors"
release = version = __version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_design", "house"]
exclude_patterns = ["_build", "_ext", "data", "anatomy"]
suppress_warnings = ["myst.header"]

myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 6
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True

autodoc_typehints = "description"
autodoc_member_order = "bysource"

html_theme = "furo"
html_title = "endplate"
html_static_path = ["_static"]
html_css_files = ["house.css"]
html_js_files = [("filter.js", {"defer": "defer"})]
html_math_renderer = "mathml"
html_theme_options = {"announcement": BANNER, "footer_icons": []}
html_show_sourcelink = False
html_copy_source = False
