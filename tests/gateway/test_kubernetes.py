"""The example files for Zero to JupyterHub fit the guide, the gateway, and each other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml  # type: ignore[import-untyped]
from click.testing import CliRunner

from legnext_widgets.cli.gateway import DEFAULT_PORT, gateway
from legnext_widgets.gateway.identity.hub import TEACH_SCOPE, HubSettings

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guides"
CHART: dict[str, Any] = {
    "hub": {
        "services": {"*": dict},
        "config": {"*": dict},
        "loadRoles": {"*": dict},
        "extraConfig": {"*": str},
    },
    "singleuser": {"extraLabels": {"*": str}},
}
"""The keys of the chart's schema that the example may use, with their types; `*` is any name. The
chart refuses every other key at these places."""

ACCESS = "access:services!service=legnext"


class _Config:
    """Takes the configuration of the guide, as a Hub does."""

    def __getattr__(self, name: str) -> Any:
        self.__dict__[name] = made = _Config()
        return made


@pytest.fixture
def values() -> Any:
    return yaml.safe_load((GUIDES / "class-values.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def parts() -> dict[str, Any]:
    text = (GUIDES / "class-gateway.yaml").read_text(encoding="utf-8")
    return {part["kind"]: part for part in yaml.safe_load_all(text)}


@pytest.fixture
def guide(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The Hub configuration that the guide shows, and that runs on a real Hub in tests/hub."""
    monkeypatch.setenv("LEGNEXT_API_KEY", "k")
    text = (GUIDES / "class.md").read_text(encoding="utf-8")
    found = re.search(r"```\{code-block\} python\n(.*?)```", text, re.DOTALL)
    assert found is not None
    config = _Config()
    exec(found[1], {"c": config})
    return config


def unknown_to(chart: Any, found: Any, path: str = "") -> list[str]:
    """The places where values differ from what the chart takes."""
    if isinstance(chart, type):
        return [] if isinstance(found, chart) else [f"{path} is no {chart.__name__}"]
    if not isinstance(found, dict):
        return [f"{path} is no mapping"]
    places = []
    for name, value in found.items():
        inner = chart.get(name, chart.get("*"))
        place = f"{path}.{name}"
        places += [place] if inner is None else unknown_to(inner, value, place)
    return places


def test_the_chart_takes_the_values(values: Any) -> None:
    assert unknown_to(CHART, values) == []


def test_a_key_that_the_chart_refuses_is_found() -> None:
    wrong = {"hub": {"service": {}, "loadRoles": []}, "singleuser": {"extraLabels": {"a": True}}}
    assert unknown_to(CHART, wrong) == [
        ".hub.service",
        ".hub.loadRoles is no mapping",
        ".singleuser.extraLabels.a is no str",
    ]


def test_the_values_say_the_same_as_the_guide(values: Any, guide: Any) -> None:
    hub, theirs = values["hub"], guide.JupyterHub
    service, managed = hub["services"]["legnext"], theirs.services[0]

    assert managed["name"] == "legnext"
    for name in ("oauth_no_confirm", "oauth_client_allowed_scopes"):
        assert service[name] == managed[name]
    assert set(hub["config"]["JupyterHub"]["custom_scopes"]) == set(theirs.custom_scopes)
    assert set(theirs.custom_scopes) == {TEACH_SCOPE}
    roles = {role["name"]: role for role in theirs.load_roles}
    assert set(hub["loadRoles"]) == set(roles)
    for name, role in hub["loadRoles"].items():
        assert set(role["scopes"]) == set(roles[name]["scopes"])
        assert role.get("groups") == roles[name].get("groups")
        assert ACCESS in role["scopes"]
    groups = {group for role in roles.values() for group in role.get("groups", ())}
    assert set(hub["config"]["JupyterHub"]["load_groups"]) == groups


def test_notebooks_get_the_variables_of_the_guide(values: Any, guide: Any) -> None:
    config = _Config()
    config.KubeSpawner.environment = {}
    exec(values["hub"]["extraConfig"]["legnext"], {"c": config})
    given = config.KubeSpawner.environment

    assert set(given) == set(guide.Spawner.environment)
    assert urlsplit(given["LEGNEXT_BASE_URL"]).path == "/services/legnext"
    server = type("Server", (), {"api_token": "of this server"})()
    assert given["LEGNEXT_API_KEY"](server) == "of this server"
    assert (
        values["singleuser"]["extraLabels"]["hub.jupyter.org/network-access-proxy-http"] == "true"
    )


def test_the_deployment_is_what_the_values_lead_to(
    values: Any, parts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    pod = parts["Deployment"]["spec"]["template"]
    [container] = pod["spec"]["containers"]
    address = urlsplit(values["hub"]["services"]["legnext"]["url"])

    assert address.hostname == parts["Service"]["metadata"]["name"]
    assert address.port == DEFAULT_PORT == parts["Service"]["spec"]["ports"][0]["port"]
    assert container["ports"] == [{"containerPort": DEFAULT_PORT}]
    labels = pod["metadata"]["labels"]
    assert labels["hub.jupyter.org/network-access-hub"] == "true"
    assert parts["Service"]["spec"]["selector"].items() <= labels.items()
    claim = pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]
    assert claim == parts["PersistentVolumeClaim"]["metadata"]["name"]
    for each in container["env"]:
        monkeypatch.setenv(each["name"], each.get("value", "a secret"))
    settings = HubSettings.find()
    assert settings is not None
    assert container["readinessProbe"]["httpGet"]["path"] == f"{settings.prefix}health"


def test_the_deployment_starts_the_command_with_options_that_it_has(parts: dict[str, Any]) -> None:
    script = parts["Deployment"]["spec"]["template"]["spec"]["containers"][0]["command"][-1]
    options = script.partition("legnext-widgets gateway ")[2].split()

    outcome = CliRunner().invoke(gateway, [*options, "--help"])

    assert outcome.exit_code == 0, outcome.output
    assert set(options[::2]) <= {name for option in gateway.params for name in option.opts}
