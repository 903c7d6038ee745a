FROM rust:1.91-slim-trixie AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src ./src
RUN cargo build --release --locked

FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/target/release/ingest /usr/local/bin/ingest
USER 10001:10001
HEALTHCHECK --interval=10s CMD ["ingest", "--health"]
ENTRYPOINT ["ingest"]
