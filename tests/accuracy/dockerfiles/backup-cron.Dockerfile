FROM alpine:3.22
ARG VERSION=dev
LABEL version="$VERSION"
RUN apk add --no-cache postgresql17-client age \
    && adduser -D -h /var/lib/backup -u 10001 backup
COPY --chown=backup backup.sh /usr/local/bin/backup
USER backup
WORKDIR /var/lib/backup
HEALTHCHECK --interval=1m CMD ["test", "-f", "/var/lib/backup/last"]
CMD ["/usr/local/bin/backup"]
