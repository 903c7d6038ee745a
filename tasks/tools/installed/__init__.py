"""An engine of our own: unpacked beside the system, started apart from everything else."""
