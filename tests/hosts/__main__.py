"""Make what the harnesses need: their pages, and the environments of their kernels."""

from tests.hosts.editors import EDITORS
from tests.hosts.stand import built_pages
from tests.matrix.environments import environment

built_pages()
for name in dict.fromkeys(editor.environment_name for editor in EDITORS):
    environment(name).prepare()
