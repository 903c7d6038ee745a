FROM ruby:3.4.7-slim
WORKDIR /rails
ENV RAILS_ENV=production \
    BUNDLE_WITHOUT="development:test"
RUN apt-get update && \
    apt-get install --no-install-recommends -y libpq5 && \
    rm -rf /var/lib/apt/lists/*
COPY Gemfile Gemfile.lock ./
RUN bundle install --jobs 4
COPY . .
RUN useradd rails --uid 1000 --shell /bin/bash
USER 1000
EXPOSE 3000
HEALTHCHECK CMD ["bin/rails", "runner", "Probe.run"]
CMD ["bin/rails", "server", "-b", "0.0.0.0"]
