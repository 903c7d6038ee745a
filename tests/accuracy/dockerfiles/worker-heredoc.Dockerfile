# syntax=docker/dockerfile:1.7
FROM debian:13-slim AS base
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN <<EOT
set -eu
apt-get update
apt-get install -y --no-install-recommends python3
rm -rf /var/lib/apt/lists/*
EOT
COPY worker.py /srv/worker.py
USER 10001
HEALTHCHECK CMD ["python3", "/srv/worker.py", "--probe"]
ENTRYPOINT ["python3", "/srv/worker.py"]
