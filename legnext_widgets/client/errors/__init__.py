"""All public exceptions.

Each message says what happened, whether points were spent, and what to do next.

    LegnextError
    ├── MissingAPIKeyError          no key: nothing was sent
    ├── BudgetExceededError         over budget_points: nothing was sent
    ├── TransportError              the service was not reached: nothing was sent
    ├── UploadError                 a picture could not be uploaded: nothing was sent
    ├── SubmissionUncertainError    sent, outcome unknown: never sent again automatically
    ├── InvalidResponseError        an answer that is not the API's
    ├── APIError                    the service answered with an error
    │   ├── BadRequestError           400
    │   ├── AuthenticationError       401
    │   ├── InsufficientCreditsError  402
    │   ├── PermissionDeniedError     403
    │   ├── NotFoundError             404
    │   ├── PayloadTooLargeError      413
    │   ├── UnprocessableError        422
    │   ├── RateLimitError            429
    │   └── ServerError               5xx
    ├── JobFailedError              the service ended the job as failed
    ├── JobTimeoutError             the wait is over, the job continues (also a TimeoutError)
    └── DownloadError               a file was not fetched or written
    ValueError
    └── InvalidInputError           arguments outside their limits: nothing was sent
"""

from __future__ import annotations

from .api_errors import (
    ERROR_BY_STATUS,
    APIError,
    AuthenticationError,
    BadRequestError,
    InsufficientCreditsError,
    NotFoundError,
    PayloadTooLargeError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnprocessableError,
)
from .base import InvalidInputError, LegnextError
from .job_errors import DownloadError, JobFailedError, JobTimeoutError
from .submission_errors import (
    BudgetExceededError,
    InvalidResponseError,
    MissingAPIKeyError,
    SubmissionUncertainError,
    TransportError,
    UploadError,
)

__all__ = [
    "ERROR_BY_STATUS",
    "APIError",
    "AuthenticationError",
    "BadRequestError",
    "BudgetExceededError",
    "DownloadError",
    "InsufficientCreditsError",
    "InvalidInputError",
    "InvalidResponseError",
    "JobFailedError",
    "JobTimeoutError",
    "LegnextError",
    "MissingAPIKeyError",
    "NotFoundError",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "RateLimitError",
    "ServerError",
    "SubmissionUncertainError",
    "TransportError",
    "UnprocessableError",
    "UploadError",
]

for _name in __all__:
    _item = globals()[_name]
    if isinstance(_item, type):
        # Tracebacks and pickles name the place that people import it from.
        _item.__module__ = __name__
