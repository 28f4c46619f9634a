"""moto_server, which finds no object whose key has a line feed in it unless the patterns of its routes are told to."""

import sys

from moto.moto_server import utilities
from moto.server import main

take = utilities.RegexConverter.__init__


def take_all_characters(self, url_map, *items):
    take(self, url_map, *items)
    self.regex = f"(?s:{self.regex})"


utilities.RegexConverter.__init__ = take_all_characters
sys.exit(main(sys.argv[1:]))
