"""The Wyoming door: Home Assistant's voice assistants, and whoever else speaks its protocol.

`settings` and `framing` are pure; `requests` is what clients may ask, `program` what they are told; an `utterance` is
one request being spoken, a `connection` one client, `door` all of them, and `announcement` how Home Assistant finds us.
"""
