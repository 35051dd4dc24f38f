"""The same tasks in the Postgres database that DATABASE_URL names."""

import contextlib

import psycopg2
import psycopg2.extras

from store import EXAMPLES

LOCK = 20261123  # any number: workers that start at once make the table one after another


class PostgresStore:
    def __init__(self, url):
        self.url = url
        self.ready = False

    @contextlib.contextmanager
    def connection(self):
        """A connection for each request: nothing to repair after the server
        was restarted."""
        db = psycopg2.connect(self.url)
        try:
            with db, db.cursor(cursor_factory=psycopg2.extras.DictCursor) as cursor:
                if not self.ready:
                    self.make_table(cursor)
                yield cursor
            self.ready = True
        finally:
            db.close()

    def make_table(self, cursor):
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        cursor.execute("SELECT to_regclass('public.task') IS NULL")
        if cursor.fetchone()[0]:
            cursor.execute("CREATE TABLE task (id serial PRIMARY KEY, title text NOT NULL, done boolean NOT NULL)")
            for example in EXAMPLES:
                cursor.execute("INSERT INTO task (title, done) VALUES (%s, %s)", example)

    def all(self):
        with self.connection() as db:
            db.execute("SELECT id, title, done FROM task ORDER BY done, id")
            return db.fetchall()

    def add(self, title):
        with self.connection() as db:
            db.execute("INSERT INTO task (title, done) VALUES (%s, false)", (title,))

    def change(self, number, state):
        """Marks a task as done or open, or removes it; False when there is none."""
        with self.connection() as db:
            if state == "gone":
                db.execute("DELETE FROM task WHERE id = %s", (number,))
            else:
                db.execute("UPDATE task SET done = %s WHERE id = %s", (state == "done", number))
            return db.rowcount > 0
