# endplate in a container. Build the wheel first: make wheel && docker build -t endplate . (see docs/install.md)
ARG BASE=python:3.11.13-slim-bookworm
FROM $BASE AS build
ARG EXTRAS=web,pdf
WORKDIR /build
COPY requirements.lock dist/endplate-*.whl ./
# uv from the lock, by which it takes the locked versions of what the wheel needs and no other: pip cannot.
RUN sed -n '/^uv==/,/[^\\]$/p' requirements.lock > uv.lock \
    && python -m pip install --no-cache-dir --require-hashes -r uv.lock
RUN python -m venv --without-pip /opt/endplate \
    && wheel=$(ls endplate-*.whl) \
    && sum=$(sha256sum "$wheel" | cut -d ' ' -f 1) \
    && echo "endplate[$EXTRAS] @ file://$PWD/$wheel --hash=sha256:$sum" > wanted.txt \
    && python -m uv pip install --python /opt/endplate --no-cache --compile-bytecode --require-hashes \
        --requirements wanted.txt --constraints requirements.lock

FROM $BASE
COPY --from=build /opt/endplate /opt/endplate
ENV PATH=/opt/endplate/bin:$PATH NUMBA_CACHE_DIR=/var/cache/endplate
RUN useradd --uid 10001 --no-create-home endplate \
    && install -d -o endplate -g endplate -m 1777 /var/cache/endplate /results
USER 10001
# Compiled for the processor that builds; another one compiles anew, as whichever user `--user` names.
RUN endplate doctor --warm && chmod -R a+rwX /var/cache/endplate
WORKDIR /results
VOLUME /results
ENTRYPOINT ["endplate"]
CMD ["--help"]
