# The image of every process: server, outbox workers, migrations, clean-up. Roles: deploy/image/entrypoint.sh.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements.txt /tmp/requirements.txt
# Without pip, which the finished image has no use for.
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes -r /tmp/requirements.txt
COPY . /app
WORKDIR /app
# Compiled now, since the file system may be read-only later. No secret is needed for either.
RUN /opt/venv/bin/python -m compileall -q . \
    && STATIC_ROOT=/srv/static /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && find . -type f -name '*.po' -exec rm {} +

FROM python:3.13-slim
ARG REVISION=unknown
LABEL org.opencontainers.image.title="heart-to-heart-api" org.opencontainers.image.revision="$REVISION"
RUN groupadd --system --gid 10001 heart \
    && useradd --system --uid 10001 --gid heart --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin heart
# Owned by root, so that the server cannot change its own code.
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
COPY --from=build /srv/static /srv/static
WORKDIR /app
# Only the temporary directory is written to: uploads, exports and metrics.
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    BIND=0.0.0.0 PORT=8000 VAR_DIR=/tmp/heart-to-heart STATIC_ROOT=/srv/static
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["python", "deploy/image/healthcheck.py"]
ENTRYPOINT ["/app/deploy/image/entrypoint.sh"]
CMD ["web"]
