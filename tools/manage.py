"""Django's own command line, for developers; operators use `tongxin`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongxin.site.settings")
    os.environ.setdefault("TONGXIN_MODE", "demo")
    execute_from_command_line(sys.argv)
