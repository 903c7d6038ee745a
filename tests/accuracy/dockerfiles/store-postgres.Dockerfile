FROM postgres:18.1-bookworm
LABEL org.opencontainers.image.title="store"
COPY --chmod=0644 schema/ /docker-entrypoint-initdb.d/
COPY postgresql.conf /etc/postgresql/postgresql.conf
USER postgres
HEALTHCHECK --interval=5s CMD ["pg_isready", "-U", "postgres"]
CMD ["postgres", "-c", "config_file=/etc/postgresql/postgresql.conf"]
