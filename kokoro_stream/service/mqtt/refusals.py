"""What a broker's refusal means, and what would help. Translates aiomqtt's errors into ours."""

from __future__ import annotations

import ssl

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode

from ...errors import ConnectionLostError, InputError, KokoroStreamError
from .settings import Address, MqttSettings

# MQTT 5 §3.2.2.2, what does not mend itself -> the setting to look at, and the remedy. paho maps 3.1.1's codes to them.
_REMEDIES: dict[int, tuple[str, str]] = {
    0x84: ("version", 'the broker does not speak MQTT {version}; set version to "3.1.1" or "5"'),
    0x85: ("node", "the broker does not accept the client identifier; set another node"),
    0x86: ("password", "the broker does not accept user {user!r} with that password"),
    0x87: ("user", "user {user!r} is not allowed to connect"),
    0x8A: ("user", "the broker has banned user {user!r}"),
    0x8C: ("user", "the broker wants another way of authentication than user and password"),
}
_TAKEN_OVER = 0x8E


class HungUpError(aiomqtt.MqttError):
    """The broker closed the connection instead of accepting us."""


def explained(error: aiomqtt.MqttError, address: Address, settings: MqttSettings) -> KokoroStreamError:
    """Why no connection came about: `InputError` for what does not mend itself, else `ConnectionLostError`."""
    origin = error.__context__
    if isinstance(origin, ssl.SSLCertVerificationError):
        return InputError(
            "mqtt.ca_file",
            f"the certificate of {address} is not to be trusted ({origin.verify_message}); "
            "name the file of the authority that issued it",
        )
    if isinstance(origin, ssl.SSLError) and not isinstance(origin, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return InputError("mqtt.url", f"no TLS with {address} ({origin.reason}); is that the broker's port for TLS?")
    code = _code(error)
    if code in _REMEDIES:
        field, remedy = _REMEDIES[code]
        remedy = remedy.format(user=address.user or "", version=settings.version)
        return InputError(f"mqtt.{field}", f"{address}: {remedy}")
    if isinstance(error, HungUpError):
        return ConnectionLostError(f"{address} hung up without accepting us; {_suspicion(address, settings)}")
    hint = "; is that its port for TLS?" if address.tls and isinstance(origin, ssl.SSLError | ConnectionError) else ""
    return ConnectionLostError(f"cannot connect to {address}: {error}{hint}")


def cause(group: BaseExceptionGroup[Exception]) -> str:
    """Why a connection broke."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return "another client took our name" if _code(error) == _TAKEN_OVER else str(error.__cause__ or error)


def _suspicion(address: Address, settings: MqttSettings) -> str:
    if not address.tls:
        return "is that its port for TLS (mqtts://)?"
    if not settings.certificate_file:
        return "does it want a client's certificate (certificate_file)?"
    return "does it trust our certificate?"


def _code(error: BaseException) -> int | None:
    """The reason code of MQTT 5, also from the disconnection that is the cause of an error."""
    if isinstance(error, aiomqtt.MqttCodeError) and isinstance(error.rc, ReasonCode):
        return error.rc.value
    return _code(error.__cause__) if error.__cause__ is not None else None
