# Takes up to 4 GB.
import mmap
import time

kept = []
try:
    for _ in range(40):
        kept.append(mmap.mmap(-1, 100_000_000, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
except OSError:
    print(f"no more than {len(kept) * 100} MB", flush=True)
time.sleep(600)
