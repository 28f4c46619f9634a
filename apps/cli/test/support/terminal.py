"""Runs a command on a terminal of its own: reads {argv, env, cwd, columns, steps} as JSON, prints {status, screen}.

Each step is [text to wait for, text to type]; typing {"signal": N} sends a signal to the command instead.
"""
import fcntl, json, os, pty, select, signal, struct, sys, termios, time

task = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, task.get("columns", 80), 0, 0))
    os.chdir(task["cwd"])
    os.execvpe(task["argv"][0], task["argv"], task["env"])

screen, seen, steps = b"", 0, list(task.get("steps", []))
deadline = time.monotonic() + 30
while True:
    ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
    if not ready:
        os.kill(child, signal.SIGKILL)
        screen += b"\n[nothing more was seen for 30 s]"
        break
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    screen += chunk
    while steps and steps[0][0].encode() in screen[seen:]:
        seen = screen.index(steps[0][0].encode(), seen) + len(steps[0][0].encode())
        action = steps.pop(0)[1]
        if isinstance(action, dict):
            os.kill(child, action["signal"])
        else:
            os.write(terminal, action.encode())
_, status = os.waitpid(child, 0)
json.dump({"status": os.waitstatus_to_exitcode(status), "screen": screen.decode("utf-8", "replace")}, sys.stdout)
