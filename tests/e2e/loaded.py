"""Loads what a command may need: for the server process of `forked.py`."""

import gc
import pkgutil
from importlib import import_module

from babel import localedata

import exact_slack
from exact_slack.config.model import Config
from exact_slack.documents import codec

LATER = (
    "babel.numbers",
    "babel.dates",
    "click._textwrap",
    "encodings.utf_8_sig",
    *(
        f"keyring.backends.{name}"
        for name in ("SecretService", "chainer", "fail", "kwallet", "libsecret", "macOS", "null")
    ),
    "keyring.core",
    "platformdirs.unix",
    "rich._emoji_codes",
)
"""What some commands load where they use it."""

for _name in LATER:
    import_module(_name)
for _module in pkgutil.walk_packages(exact_slack.__path__, "exact_slack."):
    if not _module.name.endswith("__main__"):
        import_module(_module.name)
import_module("tests.e2e.forked")  # what runs the command in the child
Config.model_rebuild()
codec._adapter()
for _locale in ("en_GB", "en_US", "nl_NL"):
    localedata.load(_locale)  # Babel puts one together for longer than most commands run
gc.collect()
gc.freeze()  # a child that collects would copy every page to count what all have in common
