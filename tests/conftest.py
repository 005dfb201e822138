"""What holds for all tests."""

from hypothesis import settings

# A loaded machine is slow, not wrong: no timing decides a test.
settings.register_profile("default", deadline=None)
settings.load_profile("default")
