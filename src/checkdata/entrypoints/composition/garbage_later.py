"""Looks for no garbage in the process that workers are forked from, because loading makes none; workers look for it."""

import gc
import os

gc.disable()
os.register_at_fork(after_in_child=gc.enable)
