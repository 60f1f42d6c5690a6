# Prints what is no text, and would steer a terminal.
import os
import time

os.write(1, b"\x1b[2J\x1b[1;1H\x9b\xff\x00" * 2000 + b"\n")
time.sleep(600)
