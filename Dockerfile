# The web service and every command, in one image: docs/containers.md tells how it is built and run.

# Any image with Python 3.11 to 3.14 that can make a venv, CA certificates and the zones of tzdata. A platform pins it by
# its digest: --build-arg BASE=docker.io/library/python:3.13-slim-bookworm@sha256:…
ARG BASE=docker.io/library/python:3.13-slim-bookworm

FROM ${BASE} AS build
# Both tools then trust what the machine trusts, such as the proxy of a department.
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt npm_config_cafile=/etc/ssl/certs/ca-certificates.crt \
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_QUIET=1
WORKDIR /build
COPY requirements requirements
# What builds has an environment of its own, which stays behind. Everything in both is pinned by its hash.
RUN python3 -m venv /opt/building \
    && /opt/building/bin/pip install --require-hashes -r requirements/build.txt -r requirements/node.txt
RUN /opt/building/bin/pip wheel --no-build-isolation --use-pep517 --require-hashes --wheel-dir /wheels \
    -r requirements/run.txt
COPY . .
RUN PATH="/opt/building/bin:$PATH" pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && python3 -m venv --without-pip /opt/checkdata \
    && /opt/building/bin/pip --python /opt/checkdata/bin/python install --no-index --no-deps /wheels/*.whl \
    && /opt/checkdata/bin/python -m compileall -q /opt/checkdata/lib

FROM ${BASE}
# A name for the user, because libraries ask for it, and no pip: nothing installs anything here later.
RUN echo 'checkdata:x:10001:10001:checkdata:/tmp:/usr/sbin/nologin' >> /etc/passwd \
    && echo 'checkdata:x:10001:' >> /etc/group \
    && rm -rf /usr/local/bin/pip* /usr/local/lib/python3*/site-packages/pip* /usr/local/lib/python3*/ensurepip \
    /usr/lib/python3*/ensurepip /usr/share/python-wheels
COPY --from=build /opt/checkdata /opt/checkdata
COPY ops/container/healthy.py /opt/checkdata/healthy.py
ARG COMMIT_SHA=unknown
ENV COMMIT_SHA=${COMMIT_SHA} TZ=Europe/London HOME=/tmp PATH=/opt/checkdata/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python3", "/opt/checkdata/healthy.py"]
ENTRYPOINT ["checkdata"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080", "--workers", "2"]
