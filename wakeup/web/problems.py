"""Maps errors to responses: RFC 9457 problems that repeat nothing the sender has sent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from wakeup.bank.faults import Fault, Unprocessable
from wakeup.bank.responses import PROBLEM_TYPE, Problem, problem
from wakeup.bank.signing import BadSignature, Flaw
from wakeup.domain.errors import ConflictError, NotFoundError, StoreBusyError, StoreDownError
from wakeup.telephony.inbound import BadFormError

DOWN_RETRY_AFTER_S = 2
STORE_DOWN = "the database is not available; it may have stored this all the same: send it again with the same ids"
"""A COMMIT whose result is unknown, and an event that waited too long, may still be committed."""
WAYS_OUT: Mapping[Flaw, str] = {
    Flaw.MISSING: "webhook-id, webhook-timestamp and webhook-signature are needed",
    Flaw.MALFORMED: "a webhook-id of up to 128 printable ASCII characters, a webhook-timestamp of whole Unix seconds, "
    "a webhook-signature of v1, and base64, each once, and a body in UTF-8",
    Flaw.STALE: "webhook-timestamp is more than five minutes behind our clock; sign each try with the current time",
    Flaw.FUTURE: "webhook-timestamp is more than five minutes ahead of our clock",
    Flaw.NO_MATCH: "no secret of this client gives it over id.timestamp.body, with the body exactly as sent",
}
NO_HEADERS: Mapping[str, str] = {}


class Refusal(Exception):  # noqa: N818  # not a fault on our side
    """Ends the request with a problem response. `detail` is a sentence of our own."""

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] = NO_HEADERS,
        close: bool = False,
    ) -> None:
        self.problem = problem(status, detail)
        self.headers, self.close = headers, close
        super().__init__(f"{status} {detail}")


@dataclass(frozen=True, slots=True)
class ProblemAnswer:
    """A problem, and the headers of its response."""

    problem: Problem
    headers: Mapping[str, str] = field(default_factory=dict)
    close: bool = False


def answer_to(error: Exception) -> ProblemAnswer | None:
    """Return the response to an error; None for an unexpected one."""
    match error:
        case Refusal():
            return ProblemAnswer(error.problem, error.headers, error.close)
        case Unprocessable():
            return ProblemAnswer(problem(422, faults=error.faults))
        case BadFormError():
            return ProblemAnswer(problem(400, faults=[Fault(error.field, "is missing or malformed")]))
        case BadSignature():
            return ProblemAnswer(
                problem(401, f"signature: {error.flaw}; {WAYS_OUT[error.flaw]}"),
                {"WWW-Authenticate": "StandardWebhooks"},
            )
        case web.HTTPException():
            allowed = error.headers.get("Allow")
            return ProblemAnswer(problem(error.status), {"Allow": allowed} if allowed else NO_HEADERS)
        case _:
            return of_use_case(error)


def of_use_case(error: Exception) -> ProblemAnswer | None:
    """The same for errors of a use case or the Store."""
    match error:
        case ConflictError():
            return ProblemAnswer(problem(409, faults=[Fault(error.field, error.reason)]))
        case NotFoundError():
            return ProblemAnswer(problem(404))
        case StoreBusyError():
            return _later("too many requests are waiting; try again later", error.retry_after_s)
        case StoreDownError():
            return _later(STORE_DOWN, DOWN_RETRY_AFTER_S)
        case _:
            return None


def response_of(answer: ProblemAnswer) -> web.Response:
    response = web.Response(
        body=answer.problem.model_dump_json(exclude_defaults=True).encode(),
        status=answer.problem.status,
        content_type=PROBLEM_TYPE,
        headers=answer.headers,
    )
    if answer.close:
        response.force_close()
    return response


def _later(detail: str, seconds: float) -> ProblemAnswer:
    return ProblemAnswer(problem(503, detail), {"Retry-After": str(max(1, math.ceil(seconds)))})
