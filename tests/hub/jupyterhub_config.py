"""A JupyterHub with a class, as docs/guides/class.md says, on ports and folders of its own.

The Hub runs this file with `c`; `CLASS_HUB` holds the values of `tests.hub.class_hub`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821 - the Hub gives it
given: dict[str, Any] = json.loads(os.environ.pop("CLASS_HUB"))
home = Path(given["home"])

# --- what the guide says --------------------------------------------------------------------------

guide = Path(given["guide"]).read_text(encoding="utf-8")
block = re.search(r"```\{code-block\} python\n(.*?)```", guide, re.DOTALL)
assert block is not None
text = block[1]
for usual, here in (("18100", given["service_port"]), ("127.0.0.1:8000", given["address"])):
    assert usual in text
    text = text.replace(usual, str(here))
os.environ.setdefault("LEGNEXT_API_KEY", "no-key-with-a-sandbox")
exec(compile(text, "class.md", "exec"), {"c": c})
service = c.JupyterHub.services[0]
service["command"] += ["--sandbox", "--speed", str(given["speed"])]
service["command"] += ["--database", f"sqlite:///{(home / 'gateway.sqlite').as_posix()}"]

# --- people ---------------------------------------------------------------------------------------

c.JupyterHub.load_groups = {
    "film101": {"users": given["students"]},
    "film101-teachers": {"users": [given["teacher"]]},
}
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = given["password"]
c.Authenticator.allowed_users = {*given["students"], given["teacher"]}

# --- where it runs --------------------------------------------------------------------------------

c.JupyterHub.bind_url = f"http://{given['address']}/"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{given['hub_port']}"
c.ConfigurableHTTPProxy.command = given["proxy"]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{given['proxy_port']}"
c.JupyterHub.db_url = f"sqlite:///{(home / 'hub.sqlite').as_posix()}"
c.JupyterHub.cookie_secret_file = str(home / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(home / "proxy.pid")

# --- what students get ----------------------------------------------------------------------------


def copy_notebook(spawner: Any) -> None:
    """Put the quickstart into a person's folder."""
    folder = home / "people" / spawner.user.name
    folder.mkdir(parents=True, exist_ok=True)
    notebook = folder / Path(given["notebook"]).name
    if not notebook.exists():
        shutil.copyfile(given["notebook"], notebook)


c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(home / "people" / "{username}")
c.Spawner.cmd = given["singleuser"]
c.Spawner.args = ["--LabApp.expose_app_in_browser=True"] if given["for_a_check"] else []
c.Spawner.default_url = f"/lab/tree/{Path(given['notebook']).name}"
c.Spawner.pre_spawn_hook = copy_notebook
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
