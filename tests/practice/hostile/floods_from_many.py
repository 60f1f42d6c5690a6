# Fills stdout and stderr from fifty processes, each with a session of its own.
import os

for number in range(50):
    if os.fork() == 0:
        os.setsid()
        while True:
            os.write(1 + number % 2, b"port 1\n" * 10_000)
while True:
    os.write(1, b"port 1\n" * 10_000)
