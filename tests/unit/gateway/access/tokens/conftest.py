"""One identity provider for all tests of a run, as new for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.identity_provider import IdentityProvider, identity_provider


@pytest.fixture(scope="session")
def provider_served() -> Iterator[IdentityProvider]:
    with identity_provider() as serving:
        yield serving


@pytest.fixture
def provider(provider_served: IdentityProvider) -> IdentityProvider:
    provider_served.__init__(provider_served.url)  # type: ignore[misc]  # the served object, as new
    return provider_served
