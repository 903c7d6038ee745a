FROM gradle:8.14-jdk21 AS build
USER gradle
WORKDIR /home/gradle/search
COPY --chown=gradle:gradle build.gradle.kts settings.gradle.kts ./
RUN gradle --no-daemon dependencies
COPY --chown=gradle:gradle src ./src
RUN gradle --no-daemon installDist

FROM amazoncorretto:21-al2023-headless
COPY --from=build /home/gradle/search/build/install/search /opt/search
USER 1000:1000
HEALTHCHECK CMD ["/opt/search/bin/search", "ping"]
CMD ["/opt/search/bin/search"]
