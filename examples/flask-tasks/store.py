"""Tasks in an SQLite file, which all workers share."""

import contextlib
import sqlite3

EXAMPLES = [
    ("Calibrate the eye tracker", True),
    ("Print consent forms for study 12", True),
    ("Stroop task: pilot with five participants", False),
    ("Write to the ethics committee", False),
]


class Store:
    def __init__(self, path):
        self.path = path
        with self.change_file() as db:
            db.execute("CREATE TABLE IF NOT EXISTS task (id INTEGER PRIMARY KEY, title TEXT NOT NULL, done INTEGER NOT NULL)")
            if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                db.executemany("INSERT INTO task (title, done) VALUES (?, ?)", EXAMPLES)
                db.execute("PRAGMA user_version = 1")

    @contextlib.contextmanager
    def change_file(self):
        """One transaction; another worker's waits for its end."""
        db = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        finally:
            db.close()

    def all(self):
        with contextlib.closing(sqlite3.connect(self.path, timeout=10)) as db:
            db.row_factory = sqlite3.Row
            return db.execute("SELECT id, title, done FROM task ORDER BY done, id").fetchall()

    def add(self, title):
        with self.change_file() as db:
            db.execute("INSERT INTO task (title, done) VALUES (?, 0)", (title,))

    def change(self, number, state):
        """Marks a task as done or open, or removes it; False when there is none."""
        with self.change_file() as db:
            if state == "gone":
                return db.execute("DELETE FROM task WHERE id = ?", (number,)).rowcount > 0
            return db.execute("UPDATE task SET done = ? WHERE id = ?", (state == "done", number)).rowcount > 0
