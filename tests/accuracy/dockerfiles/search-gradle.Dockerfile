FROM gradle:8.14-jdk21 AS build
WORKDIR /build/search
RUN chown gradle:gradle .
USER gradle
COPY --chown=gradle:gradle build.gradle.kts settings.gradle.kts ./
RUN gradle --no-daemon dependencies
COPY --chown=gradle:gradle src ./src
RUN gradle --no-daemon installDist

FROM amazoncorretto:21-al2023-headless
COPY --from=build /build/search/build/install/search /opt/search
USER 1000:1000
HEALTHCHECK CMD ["/opt/search/bin/search", "ping"]
CMD ["/opt/search/bin/search"]
