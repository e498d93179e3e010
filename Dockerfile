# Two stages: the first builds the wheels, the second holds only Python and the wheels.
FROM python:3.11.13-slim-bookworm AS build
WORKDIR /src
# As in the Makefile.
ARG WHEELS="--only-binary :all:"
COPY requirements requirements
# Only what the locks name, by its hash; the project itself is built without reaching for anything.
RUN python -m venv /opt/sellerwatch \
 && python -m venv /opt/build \
 && /opt/sellerwatch/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps \
    --require-hashes $WHEELS -r requirements/runtime.lock \
 && /opt/build/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps \
    --require-hashes $WHEELS -r requirements/build.lock
COPY pyproject.toml README.md LICENSE ./
COPY models models
COPY streams streams
COPY config config
COPY docs/runbooks docs/runbooks
RUN /opt/build/bin/pip wheel --disable-pip-version-check --no-deps --no-build-isolation \
    --no-index --wheel-dir /opt/wheel . \
 && /opt/sellerwatch/bin/pip install --disable-pip-version-check --no-deps --no-index /opt/wheel/*.whl

FROM python:3.11.13-slim-bookworm
RUN groupadd --system --gid 10001 sellerwatch \
 && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/sellerwatch --create-home sellerwatch
COPY --from=build /opt/sellerwatch /opt/sellerwatch
ENV PATH=/opt/sellerwatch/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/sellerwatch
VOLUME ["/var/lib/sellerwatch"]
EXPOSE 6066 9108
ENTRYPOINT ["sellerwatch"]
CMD ["worker"]
