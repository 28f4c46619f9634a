"""Runs a command on a terminal of its own and answers each prompt for a passphrase: with-terminal.py PASSPHRASE COMMAND ..."""

import os
import pty
import sys

passphrase, command = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)

shown = b""
while True:
    try:
        output = os.read(terminal, 1024)
    except OSError:
        break
    if not output:
        break
    shown += output
    if b"passphrase" in shown and shown.rstrip(b" ").endswith(b":"):
        os.write(terminal, passphrase.encode() + b"\n")
        shown = b""

status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
if status != 0:
    sys.stderr.buffer.write(shown)
sys.exit(status)
