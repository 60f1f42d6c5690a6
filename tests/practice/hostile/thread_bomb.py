# Makes threads as long as the system lets it.
import threading
import time

while True:
    try:
        threading.Thread(target=time.sleep, args=(600,)).start()
    except RuntimeError:
        time.sleep(600)
