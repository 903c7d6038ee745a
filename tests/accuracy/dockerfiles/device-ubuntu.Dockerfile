FROM ubuntu:24.04 AS device
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libmodbus5=3.1.10-1ubuntu1 \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/*
COPY build/device /opt/device
VOLUME ["/var/lib/device"]
USER 2002:2001
EXPOSE 59900
HEALTHCHECK --timeout=3s CMD ["/opt/device", "--ping"]
ENTRYPOINT ["/opt/device"]
CMD ["--registry"]
