"""What tests of the frame share."""

from unittest import mock

import pytest

from kam.jobs import registry


@pytest.fixture
def kind():
    """Registers kinds for one test."""
    registry.kinds()  # they register once, on loading: not inside the patch, which ends
    with mock.patch.dict(registry._kinds):

        def register(name, function, **more):
            registry._kinds[name] = registry.Kind(name, function, name, **more)

        yield register
