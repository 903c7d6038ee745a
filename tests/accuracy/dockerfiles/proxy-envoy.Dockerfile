FROM envoyproxy/envoy:v1.36-latest
COPY envoy.yaml /etc/envoy/envoy.yaml
USER envoy
EXPOSE 10000
HEALTHCHECK CMD ["/usr/local/bin/envoy", "--mode", "validate", "-c", "/etc/envoy/envoy.yaml"]
CMD ["envoy", "-c", "/etc/envoy/envoy.yaml"]
