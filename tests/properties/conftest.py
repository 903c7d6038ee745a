"""How hard the properties are tried: a little in every test run, a lot by `make fuzz`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

# Other settings of Hypothesis are its own; what it found is kept in .hypothesis, and tried first.
# Explaining a failure traces every line: on whole platforms that takes longer than finding it.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
for _name, _examples in (("quick", 12), ("deep", 2000)):
    settings.register_profile(
        _name,
        max_examples=_examples,
        deadline=None,
        suppress_health_check=_SLOW,
        phases=_PHASES,
    )
settings.load_profile(os.environ.get("PROPERTIES", "quick"))
