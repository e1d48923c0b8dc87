"""The WSGI application; where the settings want it, the ticker runs beside it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongxin.site.settings")
application = get_wsgi_application()

from tongxin.site import background, launch, memory  # noqa: E402 - needs the applications to be set up

if "TONGXIN_SERVER_PID" in os.environ:
    launch.end_with_parent(int(os.environ["TONGXIN_SERVER_PID"]))
memory.settle()
background.start()
