FROM rabbitmq:4.2-management-alpine
RUN rabbitmq-plugins enable --offline rabbitmq_prometheus
COPY enabled_plugins /etc/rabbitmq/enabled_plugins
COPY conf.d/ /etc/rabbitmq/conf.d/
USER rabbitmq
HEALTHCHECK --interval=15s --start-period=20s CMD ["rabbitmq-diagnostics", "-q", "ping"]
CMD ["rabbitmq-server"]
