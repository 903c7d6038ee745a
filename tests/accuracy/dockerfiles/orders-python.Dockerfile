# syntax=docker/dockerfile:1
FROM python:3.13-slim-bookworm
ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1
WORKDIR /srv/orders
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY src/ ./src/
RUN useradd --uid 10001 --no-create-home orders
USER 10001
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=2s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://localhost:8080/ready')"]
CMD ["python", "-m", "src.main"]
