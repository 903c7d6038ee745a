FROM mambaorg/micromamba:2.3.3
COPY --chown=$MAMBA_USER:$MAMBA_USER environment.yml /tmp/environment.yml
RUN micromamba install --yes --name base --file /tmp/environment.yml \
    && micromamba clean --all --yes
WORKDIR /srv/forecast
COPY forecast ./forecast
USER $MAMBA_USER
HEALTHCHECK CMD ["micromamba", "run", "python", "-m", "forecast.probe"]
CMD ["micromamba", "run", "python", "-m", "forecast"]
