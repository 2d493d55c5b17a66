"""The demo in the browser: JupyterLite with this package in it, served as plain files."""
