FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build
WORKDIR /src
COPY Invoices.csproj .
RUN dotnet restore
COPY . .
RUN dotnet publish --configuration Release --output /out

FROM mcr.microsoft.com/dotnet/aspnet:9.0
WORKDIR /app
COPY --from=build /out .
USER $APP_UID
EXPOSE 8080
HEALTHCHECK CMD ["dotnet", "Invoices.dll", "--probe"]
ENTRYPOINT ["dotnet", "Invoices.dll"]
