from tests.widgets.conftest import browser, client, service, studio

__all__ = ["browser", "client", "service", "studio"]
