"""The web page at ``/``: `page.py` serves it, ``static/`` holds it. No build step, no request to another host."""
