"""What `cmi.yaml` may limit, and in which unit: data, read by the settings."""

# Measures for which a margin ("not worse by more than") may be set, and budgets with their unit.
MARGINS = ("startup", "latency-p50", "latency-p95", "latency-p99", "throughput", "memory", "cpu")
BUDGETS = {
    "startup": "time",
    "latency-p50": "time",
    "latency-p95": "time",
    "latency-p99": "time",
    "error-rate": "share",
    "memory": "size",
    # of the programme itself; to exceed them is a reason to ask
    "wall-time": "time",
    "cpu-time": "time",
    "disk": "size",
    "money": "amount",
}
PRICES = {"hour": "amount", "cpu-hour": "amount"}  # of working, and of a processor
# Of what a platform asks for, for the cost of a month.
RESOURCE_PRICES = {"core-hour": "amount", "gibibyte-hour": "amount"}
# False alarms of a regression that somebody bears, and programmes, both in a year.
ALARMS = {"false-alarms": "amount", "programmes": "amount"}
RESERVES = {"disk": "size", "memory": "size"}  # of this machine, to be left free
