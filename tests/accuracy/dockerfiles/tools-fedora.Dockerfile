FROM fedora:43
RUN dnf install -y --setopt=install_weak_deps=False jq-1.8.1 \
    && dnf clean all
COPY entry.sh /usr/local/bin/entry
RUN chmod 0755 /usr/local/bin/entry
USER 10001
HEALTHCHECK NONE
ENTRYPOINT ["/usr/local/bin/entry"]
