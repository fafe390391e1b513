"""Settings for the whole suite."""

from hypothesis import settings

# How long an example takes says nothing about the code on a busy machine.
settings.register_profile("course", deadline=None)
settings.load_profile("course")
