"""Start a program and write down what the system counted for it. A process of its own, and a small
one: a child's peak memory begins at that of the process that started it."""

import json
import os
import sys
import time

if __name__ == "__main__":
    result, *words = sys.argv[1:]
    started = time.perf_counter()
    pid = os.posix_spawn(words[0], words, os.environ)
    _, status, usage = os.wait4(pid, 0)
    counted = {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": time.perf_counter() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / 1024,  # KB on Linux
    }
    with open(result, "w", encoding="utf-8") as file:
        json.dump(counted, file)
