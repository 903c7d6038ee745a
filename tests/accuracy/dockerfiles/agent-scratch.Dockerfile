FROM golang:1.25-alpine3.22 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /agent .

FROM scratch
COPY --from=build /agent /agent
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
USER 10001
HEALTHCHECK CMD ["/agent", "check"]
ENTRYPOINT ["/agent"]
CMD ["--listen", ":9090"]
