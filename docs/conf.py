"""How Sphinx builds the documentation (`make docs`, docs/decisions/0066). It runs on a copy of docs/ with the pages
that tools/docs/ writes: reference/ is made anew each time and is not in the repository.
"""

project = "Wildgate"
author = "The Wildgate developers"
copyright = "The Wildgate developers, Apache License 2.0"  # noqa: A001  (Sphinx wants this name)
language = "en"

extensions = ["myst_parser"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
nitpicky = True
exclude_patterns = ["_theme", "_static"]
highlight_language = "none"
suppress_warnings = [
    "myst.header",  # translations of the guides and the decisions begin their sections where they need them
]

html_theme = "wildgate"
html_theme_path = ["_theme"]
html_static_path = ["_static"]
html_title = "Wildgate"
html_use_index = False
html_domain_indices = False
html_copy_source = False
html_show_search_summary = False  # a summary is fetched, and a page opened from a folder may fetch nothing
html_permalinks_icon = "#"


def _language_of(app, pagename, templatename, context, doctree):
    """A translated guide says so in its page: `guide/trader.ar` is Arabic and runs from the right."""
    tail = pagename.rpartition(".")[2] if pagename.startswith("guide/") else ""
    context["page_language"] = tail if tail in ("fr", "es", "ar") else "en"
    context["page_direction"] = "rtl" if tail == "ar" else "ltr"


def setup(app):
    app.connect("html-page-context", _language_of)
