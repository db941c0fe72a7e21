"""Time-based codes (RFC 6238), and the QR code from which a device reads their secret."""

from __future__ import annotations

import hmac
from io import BytesIO

import pyotp

STEP_S = 30
AROUND = 1
"""Tolerance for a device's clock, in steps of 30 seconds."""
SECRET_BYTES = 20
ISSUER = "Wakeup"


def step_of(secret: str, code: str, unix_s: float) -> int | None:
    """Return the time step of the code, or None if it belongs to none of the current ones."""
    typed = "".join(code.split())
    if len(typed) != 6 or not (typed.isascii() and typed.isdigit()):
        return None
    now, totp = int(unix_s // STEP_S), pyotp.TOTP(secret)
    steps = (step for step in range(now - AROUND, now + AROUND + 1) if step >= 0)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), typed)), None)


def picture(secret: str, name: str) -> str:
    """Return the secret as an SVG to scan, without styles, which the page's policy forbids."""
    import segno  # noqa: PLC0415 - seldom needed, so loaded on demand

    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)
    drawn = BytesIO()
    segno.make(address, micro=False).save(
        drawn, kind="svg", scale=4, border=3, xmldecl=False, omitsize=True, light="#fff"
    )
    return drawn.getvalue().decode()
