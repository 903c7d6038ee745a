FROM node:24.11-bookworm-slim AS build
WORKDIR /site
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM nginxinc/nginx-unprivileged:1.29-alpine
COPY --from=build /site/dist /usr/share/nginx/html
COPY nginx.conf /etc/nginx/conf.d/default.conf
EXPOSE 8080
USER 101
HEALTHCHECK CMD ["wget", "-q", "-O", "/dev/null", "http://localhost:8080/"]
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
