FROM elixir:1.19-otp-28-slim AS build
WORKDIR /app
ENV MIX_ENV=prod
COPY mix.exs mix.lock ./
RUN mix local.hex --force && mix deps.get --only prod
COPY lib ./lib
RUN mix release

FROM debian:trixie-20251117-slim
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends libstdc++6 openssl \
  && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY --from=build /app/_build/prod/rel/chat ./
RUN useradd --uid 10001 chat
USER chat
HEALTHCHECK CMD ["bin/chat", "rpc", "Chat.ready"]
ENTRYPOINT ["bin/chat"]
CMD ["start"]
