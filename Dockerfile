# Newsdesk as a container: nothing but the bot, as a user without rights, over a root that cannot be written.
# Articles and settings live in the volume /data. How to run it: docs/operating.md.

FROM python:3.13-slim AS build
WORKDIR /source
COPY requirements/run.txt requirements/
RUN python -m venv /opt/newsdesk \
    && /opt/newsdesk/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY cogs cogs
RUN /opt/newsdesk/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin newsdesk \
    && install -d -o newsdesk -g newsdesk /data
COPY --from=build /opt/newsdesk /opt/newsdesk
ENV PATH=/opt/newsdesk/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    NEWSDESK_DATA_DIR=/data \
    NEWSDESK_SEEDS_DIR= \
    NEWSDESK_HEALTH_PORT=9464
USER newsdesk
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
# A start with a large store and no snapshot takes a minute for each few million headlines.
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:9464/healthz', timeout=9)"]
ENTRYPOINT ["newsdesk"]
CMD ["run"]
