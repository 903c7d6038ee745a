FROM composer:2.8 AS vendor
WORKDIR /app
COPY composer.json composer.lock ./
RUN composer install --no-dev --no-scripts

FROM php:8.4-fpm-alpine
RUN apk add --no-cache icu-libs
WORKDIR /var/www/html
COPY --from=vendor /app/vendor ./vendor
COPY public ./public
USER www-data
EXPOSE 9000
HEALTHCHECK CMD ["php-fpm", "-t"]
CMD ["php-fpm"]
