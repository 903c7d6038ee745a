"""Load: when requests are sent, and what their answers say about latency and capacity."""
