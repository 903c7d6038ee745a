"""The theory workstream: what theory says of this platform, as figures with their assumptions."""
