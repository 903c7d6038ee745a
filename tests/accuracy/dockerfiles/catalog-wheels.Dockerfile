ARG PYTHON=3.13
FROM python:${PYTHON}-slim AS wheels
WORKDIR /build
COPY pyproject.toml uv.lock ./
RUN pip install --no-cache-dir uv==0.5.4 && uv export --frozen > requirements.txt \
    && pip wheel --no-cache-dir --wheel-dir /wheels -r requirements.txt

FROM python:${PYTHON}-slim AS final
COPY --from=wheels /wheels /wheels
RUN pip install --no-cache-dir --no-index /wheels/*.whl && rm -rf /wheels
COPY catalog /srv/catalog
WORKDIR /srv
USER nobody
HEALTHCHECK CMD ["python", "-m", "catalog.probe"]
ENTRYPOINT ["python", "-m", "catalog"]
