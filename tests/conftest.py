"""Settings for the whole suite."""

import tracemalloc

import matplotlib
import pytest
from hypothesis import HealthCheck, settings
from matplotlib.figure import Figure

from dlscratch.language import set_language

# How long an example takes says nothing about the code on a busy machine.
settings.register_profile("course", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("course")
matplotlib.use("Agg")


@pytest.fixture
def ax():
    """Return Axes of a figure that pyplot does not know."""
    return Figure().subplots()


@pytest.fixture
def in_japanese():
    """Let the course speak Japanese, with the font for it, until the test ends."""
    with matplotlib.rc_context():
        set_language("ja")
        yield
    set_language("en")


@pytest.fixture
def traced_memory():
    """Measure memory as `tracemalloc.get_traced_memory` does: (now, peak), until the test ends."""
    tracemalloc.start()
    yield tracemalloc.get_traced_memory
    tracemalloc.stop()
