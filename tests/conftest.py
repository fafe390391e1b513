"""Settings for the whole suite."""

import os

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says nothing about the code on a busy machine.
settings.register_profile("course", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("course")


@pytest.fixture
def fewer():
    """Divide the number of damaged files by this: all of them are tried by `make faults`."""
    return 1 if os.environ.get("ALL_FAULTS") else 10
