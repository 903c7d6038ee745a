FROM redis:8.2-alpine
COPY redis.conf /usr/local/etc/redis/redis.conf
RUN chown redis:redis /usr/local/etc/redis/redis.conf && chmod 0640 /usr/local/etc/redis/redis.conf
USER redis
EXPOSE 6379
HEALTHCHECK CMD ["redis-cli", "ping"]
CMD ["redis-server", "/usr/local/etc/redis/redis.conf"]
