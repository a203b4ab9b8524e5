"""What Sphinx is told: pages from executed notebooks, and nothing from another server."""

project = "Why gradients explode, and what really stops it"
author = "The course's maintainers"
extensions = ["myst_nb"]
exclude_patterns = []

nb_execution_mode = "off"
nb_ipywidgets_js = {"require.js": {}, "embed-amd.js": {"data-jupyter-widgets-cdn": "./"}}
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
myst_heading_slug_func = "tools.website.slug"  # a name: a function cannot be cached

mathjax_path = "tex-svg-full.js"
mathjax3_config = {"options": {"enableMenu": False}}

html_theme = "sphinx_book_theme"
html_title = "Exploding gradients"
html_static_path = ["_static"]
html_extra_path = ["extra"]
html_css_files = ["course.css"]
html_js_files = ["widgets.js"]
html_context = {"default_mode": "auto"}
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"use_download_button": False, "show_toc_level": 2}
