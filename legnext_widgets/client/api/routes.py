"""Choose the route to a host: direct, or through the proxy and with the certificates that are set.

What stays on this machine needs no settings, so none are read for it. All others are read when a
first request needs them, and one that cannot be used is named together with the way out.
"""

from __future__ import annotations

import ipaddress
import os
import re
import urllib.request
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import httpx

from legnext_widgets.client.messages import Message
from legnext_widgets.client.redaction import redact_links
from legnext_widgets.environment import to_thread

from .values.reachability import is_loopback_host

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Mapping

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables of other programs for what `SSL_CERT_FILE` is here."""

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20)


class RouteError(httpx.ConnectError):
    """There is no way to a host. It is an error of httpx, for what handles these.

    Attributes:
        message: What stands in the way.
        permanent: Whether trying again without changing something cannot help.
    """

    def __init__(self, message: Message, *, permanent: bool = True) -> None:
        super().__init__(str(message))
        self.message = message
        self.permanent = permanent


class Proxy(NamedTuple):
    """A proxy, and where it is set.

    Attributes:
        address: As it was set, perhaps with a login.
        variable: The environment's variable; the system for settings of macOS or Windows.
    """

    address: str
    variable: str

    @property
    def shown(self) -> str:
        """The address without a login."""
        return self.address.rpartition("@")[2].rpartition("//")[2].rstrip("/")


class Certificates:
    """The certificates by which other hosts are trusted, loaded when they are first needed.

    Args:
        use_environment: Whether to respect `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    """

    def __init__(self, *, use_environment: bool = True) -> None:
        self.use_environment = use_environment
        self._loaded: ssl.SSLContext | None = None

    def load(self, host: str) -> ssl.SSLContext:
        """Load them, once; it takes some 40 ms.

        Args:
            host: The host for which they are needed.

        Raises:
            RouteError: A variable names what cannot be read.
        """
        if self._loaded is None:
            try:
                self._loaded = (
                    httpx.create_ssl_context()
                    if self.use_environment
                    else httpx.create_ssl_context(trust_env=False)
                )
            except (OSError, ValueError) as error:  # an SSLError is an OSError
                name = "SSL_CERT_FILE" if os.getenv("SSL_CERT_FILE") else "SSL_CERT_DIR"
                reason = getattr(error, "strerror", None) or type(error).__name__
                why = Message(
                    "certificates_unreadable",
                    variable=name,
                    path=os.getenv(name, ""),
                    error=reason,
                )
                raise RouteError(Message("unreachable", host=host, reason=why)) from None
        return self._loaded


class RoutingTransport(httpx.AsyncBaseTransport):
    """Send each request on the way that its host needs.

    Args:
        certificates: Shared by the transports of one client.
        limits: How many connections to open and to keep.
    """

    def __init__(self, certificates: Certificates, limits: httpx.Limits = _LIMITS) -> None:
        self._certificates = certificates
        self._limits = limits
        self._routes: dict[Proxy | str | None, httpx.AsyncBaseTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            RouteError: There is no way to its host.
        """
        url = request.url
        local = is_loopback_host(url.host)
        if local and url.scheme == "http":
            return await self._local().handle_async_request(request)
        proxy = (
            None
            if local or not self._certificates.use_environment
            else proxy_of(url, self._proxies)
        )
        route = self._routes.get(proxy) or await self._open(proxy, url.host)
        way = _ProxyStage(request.extensions.get("trace"))
        if proxy is not None:
            request.extensions["trace"] = way.trace
        try:
            return await route.handle_async_request(request)
        except httpx.TransportError as error:
            no_way = _explained(error, url, proxy, way.stage)
            if no_way is None:
                raise
        # Raised outside of `except`: its cause may hold the login of the proxy.
        raise no_way

    async def aclose(self) -> None:
        """Close all connections."""
        for route in self._routes.values():
            await route.aclose()

    @cached_property
    def _proxies(self) -> Mapping[str, str]:
        return urllib.request.getproxies()

    def _local(self) -> httpx.AsyncBaseTransport:
        if "local" not in self._routes:
            import ssl

            # Without certificates: loading some costs more than all else that a client does, and
            # no TLS is spoken here.
            none = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._routes["local"] = httpx.AsyncHTTPTransport(
                verify=none, trust_env=False, limits=self._limits
            )
        return self._routes["local"]

    async def _open(self, proxy: Proxy | None, host: str) -> httpx.AsyncBaseTransport:
        certificates = await to_thread(self._certificates.load, host)
        try:
            opened = httpx.AsyncHTTPTransport(
                verify=certificates,
                trust_env=False,
                limits=self._limits,
                proxy=None if proxy is None else _address_of(proxy),
            )
        except ImportError:
            raise _unusable(proxy, host, "socks_missing") from None
        except (ValueError, httpx.InvalidURL):
            raise _unusable(proxy, host, "proxy_unusable") from None
        # Another request may have been quicker while this one waited.
        return self._routes.setdefault(proxy, opened)


class _ProxyStage:
    """How far a request has come on its way through a proxy.

    Args:
        trace: What else takes the reports of the connection.

    Attributes:
        stage: `connecting` to the proxy; `asking` it to connect; `encrypting` behind it; `sending`
            the request itself.
    """

    def __init__(self, trace: Callable[[str, object], Awaitable[None]] | None) -> None:
        self.stage: Literal["connecting", "asking", "encrypting", "sending"] = "connecting"
        self._trace = trace

    async def trace(self, event: str, info: dict[str, object]) -> None:
        """Take a report of the connection (httpcore's `trace` extension)."""
        if event == "proxy.start_tls.started":
            self.stage = "encrypting"
        elif event.endswith("send_request_headers.started"):
            asks = getattr(info.get("request"), "method", b"") == b"CONNECT"
            self.stage = "asking" if asks else "sending"
        if self._trace is not None:
            await self._trace(event, info)


def proxy_of(url: httpx.URL, proxies: Mapping[str, str]) -> Proxy | None:
    """Find the proxy that the environment or the system sets for a link; None without one.

    Hosts in `NO_PROXY` need none, written in any of the usual ways: `example.com`, `.example.com`,
    `*.example.com`, `[::1]`, with or without a port, `10.0.0.0/8`, or `*`.

    Args:
        url: The link.
        proxies: By scheme, as `urllib.request.getproxies` finds them.
    """
    for scheme in (url.scheme, "all"):
        address = proxies.get(scheme, "").strip()
        if address:
            break
    else:
        return None
    if _needs_none(url, proxies.get("no", "")):
        return None
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
    variable = next((name for name in names if os.getenv(name)), Message("the_system"))
    return Proxy(address, variable)


def _needs_none(url: httpx.URL, exceptions: str) -> bool:
    host = url.host.lower().strip("[]")
    port = url.port or {"http": 80, "https": 443}.get(url.scheme)
    for given in re.split(r"[,;\s]+", exceptions.lower()):
        name = given.rpartition("://")[2]
        if name == "*" or ("/" in name and _is_within(host, name)):
            return True
        if name.endswith(f":{port}") and (name.count(":") == 1 or "]" in name):
            name = name.removesuffix(f":{port}")
        name = name.strip("[]").lstrip("*").lstrip(".")
        if name and (host == name or host.endswith(f".{name}")):
            return True
    if exceptions:
        return False
    try:  # macOS and Windows have exceptions of their own
        return bool(urllib.request.proxy_bypass(url.host))
    except (OSError, ValueError):
        return False


def _is_within(host: str, network: str) -> bool:
    """Whether a host is an IP address of a network such as `10.0.0.0/8`."""
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _address_of(proxy: Proxy) -> str:
    return proxy.address if "://" in proxy.address else f"http://{proxy.address}"


def _unusable(proxy: Proxy | None, host: str, key: str) -> RouteError:
    shown, name = (proxy.shown, proxy.variable) if proxy else ("", "")
    why = Message(key, variable=name, proxy=shown)
    return RouteError(Message("unreachable", host=host, reason=why))


def _explained(
    error: httpx.TransportError, url: httpx.URL, proxy: Proxy | None, stage: str
) -> RouteError | None:
    """Say what stands in the way; None where the host itself cannot be reached, or was reached."""
    text = redact_links(str(error).strip()).removesuffix(".") or type(error).__name__
    before = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError)
    if before and "CERTIFICATE_VERIFY_FAILED" in text:
        other = next((name for name in _BUNDLES if os.getenv(name)), None)
        reason = (
            Message("certificate_refused_bundle", error=text, variable=other)
            if other is not None and not os.getenv("SSL_CERT_FILE")
            else Message("certificate_refused", error=text)
        )
        return RouteError(Message("unreachable", host=url.host, reason=reason))
    if proxy is None or stage == "sending" or not (before or stage == "asking"):
        return None
    named = Message("proxy", proxy=proxy.shown, variable=proxy.variable)
    late = isinstance(error, httpx.TimeoutException)
    host = url.host
    if isinstance(error, httpx.ProxyError):
        reason = Message("proxy_refuses", proxy=named, error=text)
    elif late and stage != "connecting":
        reason = Message("proxy_slow", proxy=named)
    elif stage == "asking":
        reason = Message("proxy_broke", proxy=named, error=text, variable=proxy.variable)
    elif stage == "encrypting":
        reason = Message("proxy_no_tls", proxy=named, error=text)
    else:
        host = named
        reason = Message(
            "proxy_silent",
            error=Message("not_connected_in_time") if late else text,
            variable=proxy.variable,
        )
    return RouteError(Message("unreachable", host=host, reason=reason), permanent=False)
