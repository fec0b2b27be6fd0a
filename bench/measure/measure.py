"""measure.py NOTE COMMAND...: runs a command, and notes what it and all that it started took.

Node can be told of itself alone; wait4(2) tells of children. POSIX spawn, so that the command does not inherit our own peak of memory
(getrusage(2) counts what was there before execve).
"""

import json
import os
import sys
import time

note, command = sys.argv[1], sys.argv[2:]
began_at, begun = time.time(), time.monotonic()
pid = os.posix_spawnp(command[0], command, os.environ)
_, status, used = os.wait4(pid, 0)
seconds = time.monotonic() - begun
with open(note, "w", encoding="ascii") as file:
    json.dump(
        {
            "code": os.waitstatus_to_exitcode(status),
            "beganAt": began_at,
            "seconds": seconds,
            "cpuSeconds": used.ru_utime + used.ru_stime,
            # Of the biggest process alone, in KiB.
            "peakMiB": used.ru_maxrss / 1024,
        },
        file,
    )
