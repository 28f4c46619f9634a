"""moto_server with two things put right.

It finds no object whose key has a line feed in it, unless the patterns of its routes are told to. And its threads look
whether a condition holds and write a moment later, so that two writers may both be first.
"""

import sys
from functools import wraps
from threading import RLock

from moto.moto_server import utilities
from moto.s3.responses import S3Response
from moto.server import main

take = utilities.RegexConverter.__init__


def take_all_characters(self, url_map, *items):
    take(self, url_map, *items)
    self.regex = f"(?s:{self.regex})"


def one_after_the_other(act, lock):
    @wraps(act)
    def alone(*arguments, **named):
        with lock:
            return act(*arguments, **named)

    return alone


utilities.RegexConverter.__init__ = take_all_characters

writing = RLock()
for name in ("put_object", "delete_object", "_key_response_post"):
    setattr(S3Response, name, one_after_the_other(getattr(S3Response, name), writing))

sys.exit(main(sys.argv[1:]))
