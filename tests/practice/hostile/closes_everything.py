# Closes all descriptors, and stays.
import os
import time

os.closerange(0, 65_536)
time.sleep(600)
