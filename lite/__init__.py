"""Build the demo in the browser: JupyterLite with this package, as plain files."""
