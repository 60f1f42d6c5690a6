# Prints 100 MB of zeros, and no end of a line.
import os

for _ in range(1600):
    os.write(1, bytes(65_536))
