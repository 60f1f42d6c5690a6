# Asks whether it could send a signal to those who judge it: signal 0 asks, and harms nobody.
import errno
import os
import time


def parent_of(process):
    with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1])


def outcome(process):
    try:
        os.kill(process, 0)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "reached"


above = []
process = os.getppid()
while process > 1:
    above.append(process)
    try:
        process = parent_of(process)
    except OSError:
        break
groups = {os.getpgid(process) for process in above} - {0}
print(
    f"all {outcome(-1)},",
    f"groups {sorted({outcome(-group) for group in groups})},",
    f"above {sorted({outcome(process) for process in above[1:]})},",
    f"own {outcome(0)}",
    flush=True,
)
time.sleep(600)
