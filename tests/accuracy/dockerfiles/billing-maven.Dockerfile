FROM maven:3.9.11-eclipse-temurin-21 AS build
WORKDIR /src
COPY pom.xml ./
RUN mvn -B dependency:go-offline
COPY src ./src
RUN mvn -B -DskipTests package

FROM eclipse-temurin:21-jre-jammy
WORKDIR /app
COPY --from=build /src/target/billing.jar ./billing.jar
RUN groupadd --system app && useradd --system --gid app app
USER app
EXPOSE 8080
HEALTHCHECK --start-period=20s CMD ["java", "-cp", "billing.jar", "probe.Ready"]
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-jar", "billing.jar"]
