"""Solutions and common mistakes for the exercises of notebooks/lesson.ipynb."""

from __future__ import annotations

SOLUTIONS = {
    "wait-for": """
def wait_for(job_id):
    while True:
        task = ask(job_id)
        if task["status"] in ("completed", "failed"):
            return task
        time.sleep(0.25)
""",
    "pause": """
def pause(attempt, retry_after=None):
    if retry_after is not None:
        return retry_after
    return min(8, 0.5 * 2 ** (attempt - 1))
""",
    "worth": """
worth_another_try = {
    400: False, 401: False, 403: False, 404: False, 422: False, 429: True, 502: True, 503: True
}
""",
    "order-once": """
def order_once(body):
    try:
        answer = http.post("/api/v1/diffusion", json=body)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        return "not sent", None
    except httpx.HTTPError:
        return "unknown", None
    if answer.status_code >= 500:
        return "unknown", None
    if answer.status_code >= 400:
        return "refused", answer.status_code
    return "accepted", answer.json()["job_id"]
""",
    "most-films": """
def most_films(points, spare=0):
    return max(0, (points - spare) // (80 + 480 + 120))
""",
}

WRONG = {
    "wait-for": (
        """
def wait_for(job_id):
    while True:
        task = ask(job_id)
        if task["status"] == "completed":
            return task
        time.sleep(0.25)
""",
        "The job is failed, but wait_for still asks",
    ),
    "pause": (
        """
def pause(attempt, retry_after=None):
    return retry_after or min(8, 0.5 * 2 ** (attempt - 1))
""",
        "Do you treat 0 as 'not given'?",
    ),
    "worth": (
        "worth_another_try = dict.fromkeys([400, 401, 403, 404, 422, 429, 502, 503], True)",
        "Think about 400 again",
    ),
    "order-once": (
        """
def order_once(body):
    for _ in range(2):
        try:
            answer = http.post("/api/v1/diffusion", json=body)
            break
        except httpx.HTTPError:
            continue
    if answer.status_code >= 400:
        return "refused", answer.status_code
    return "accepted", answer.json()["job_id"]
""",
        "After cut_after it ordered again",
    ),
    "most-films": (
        """
def most_films(points, spare=0):
    return (points - spare) // 680
""",
        "not -1",
    ),
}
