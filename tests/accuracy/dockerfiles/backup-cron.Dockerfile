FROM alpine:3.22
ARG VERSION=dev
LABEL version="$VERSION"
RUN apk add --no-cache postgresql17-client age \
    && adduser -D -u 10001 backup
COPY --chown=backup backup.sh /usr/local/bin/backup
USER backup
WORKDIR /home/backup
HEALTHCHECK --interval=1m CMD ["test", "-f", "/home/backup/last"]
CMD ["/usr/local/bin/backup"]
