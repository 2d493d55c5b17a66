"""Who asks: tokens of a JupyterHub, and tokens that the teacher made."""
