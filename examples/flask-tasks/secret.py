"""The key that signs the session cookie."""

import os
import secrets


def secret_key(folder):
    """SECRET_KEY, or else a key of its own that is kept in the folder."""
    key = os.environ.get("SECRET_KEY")
    if key:
        return key
    path = os.path.join(folder, "secret_key")
    if not os.path.exists(path):
        create(path)
    with open(path) as file:
        return file.read()


def create(path):
    """Several workers start at once: the first to finish wins, and none of
    them ever sees half a key."""
    unfinished = "%s.%d" % (path, os.getpid())
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(unfinished)
