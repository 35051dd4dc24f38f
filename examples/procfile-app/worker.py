"""Counts the words of each text in the queue."""

import os
import time
from urllib.parse import parse_qs

from app import DONE, QUEUE, put


def work():
    os.makedirs(QUEUE, exist_ok=True)
    for name in sorted(os.listdir(QUEUE)):
        if name.startswith("."):
            continue
        path = os.path.join(QUEUE, name)
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        text = parse_qs(text).get("text", [text])[0]
        answer = "%d words: %s" % (len(text.split()), text[:60])
        put(DONE, name, answer.encode())
        os.unlink(path)
        print(answer, flush=True)


if __name__ == "__main__":
    print("waiting for texts in", QUEUE, flush=True)
    while True:
        work()
        time.sleep(0.5)
