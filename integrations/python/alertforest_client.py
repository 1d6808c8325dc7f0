"""Scores alerts and sends feedback. Python 3.9 or newer, standard library only.

    from alertforest_client import Alertforest

    service = Alertforest("https://func-alertforest-abc.azurewebsites.net/api/v1/ml", key="...")
    verdict = service.predict({"id": "a1", "title": "Sign-in from an unusual place", "source": "entra"})
    service.feedback({"alert_key": verdict["alert_key"], "disposition": "benign", "analyst": "ana"})

`key` is one key for all functions, or a dict of keys by the name of a function or of a role (`scorer`, `analyst`,
`operator`; that of the function counts first). Every route is reached by the name of its function:

    service.call("workload", query={"missed_attack": 100000})
    service.call("incident", params={"id": incident_id})

With Entra, pass `token=lambda: credential.get_token("api://<client id>/.default").token` instead of a key.
"""

import json
import time
import urllib.error
import urllib.parse
import urllib.request

from alertforest_routes import ROUTES


class AlertforestError(Exception):
    """An answer with an error status; `problem` is the service's own account of it, or None."""

    def __init__(self, status, problem, request_id):
        self.status = status
        self.problem = problem
        self.request_id = request_id
        said = f"{problem['code']}: {problem['detail']}" if problem else f"The service answered {status}."
        super().__init__(said)


class Alertforest:
    """Calls the service. Every call may be sent again without harm, so 429, 503 and lost connections are retried."""

    def __init__(self, base_url, key=None, token=None, max_retries=4, timeout_seconds=30, sleep=time.sleep):
        if (key is None) == (token is None):
            raise ValueError("Expected either a key or a token function.")
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._token = token
        self._max_retries = max_retries
        self._timeout_seconds = timeout_seconds
        self._sleep = sleep

    def call(self, name, params=None, query=None, body=None):
        """Any route by the name of its function, see docs/routes.md; None for an answer without a body.

        `body` is sent as JSON; text and bytes as they are, for the routes that take a file.
        """
        method, path, _ = ROUTES[name]
        quoted = {key: urllib.parse.quote(str(value), safe="") for key, value in (params or {}).items()}
        given = {key: value for key, value in (query or {}).items() if value is not None}
        text = urllib.parse.urlencode({key: _text(value) for key, value in given.items()})
        return self._send(name, method, path.format(**quoted) + (f"?{text}" if text else ""), body)

    def predict(self, alert, explain=None):
        """The verdict on one alert, canonical or as its vendor wrote it."""
        query = "" if explain is None else f"?explain={int(explain)}"
        return self._send("predict", "POST", f"/predict{query}", alert)

    def predict_many(self, alerts):
        """One result per alert, at most 1,000: {"index", "verdict"} or {"index", "error"}."""
        return self._send("predict", "POST", "/predict", {"alerts": list(alerts)})["results"]

    def feedback(self, judgement):
        """Stores one judgement, a list of them, or a closed vendor record."""
        return self._send("feedback", "POST", "/feedback", judgement)

    def health(self):
        """"ok", "degraded" or "unhealthy"."""
        try:
            return self._send("health", "GET", "/health", max_retries=0)["status"]
        except AlertforestError as error:
            if error.status == 503:
                return "unhealthy"
            raise

    def versions(self, model=None):
        if model is None:
            return self._send("versions", "GET", "/versions")
        return self._send("versionsOfModel", "GET", f"/versions/{model}")

    def _key_of(self, name):
        if not isinstance(self._key, dict):
            return self._key
        role = ROUTES[name][2]
        key = self._key.get(name, self._key.get(role))
        if key is None and role != "anonymous":
            raise KeyError(f"Expected a key for the function {name} or its role.")
        return key

    def _send(self, name, method, path, body=None, max_retries=None):
        tries = self._max_retries if max_retries is None else max_retries
        data, content_type = _sent(body)
        attempt = 0
        while True:
            request = urllib.request.Request(self._base_url + path, data=data, method=method)
            request.add_header("accept", "application/json")
            if data is not None:
                request.add_header("content-type", content_type)
            if self._token is not None:
                request.add_header("authorization", f"Bearer {self._token()}")
            else:
                key = self._key_of(name)
                if key is not None:
                    request.add_header("x-functions-key", key)
            try:
                with urllib.request.urlopen(request, timeout=self._timeout_seconds) as response:
                    body_read = response.read()
                    return json.loads(body_read) if body_read else None
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in (429, 503) or attempt >= tries:
                        raise AlertforestError(
                            error.code, _problem(error.read()), error.headers.get("x-request-id")
                        ) from error
                    wait = _seconds(error.headers.get("retry-after"))
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                if attempt >= tries:
                    raise
                wait = None
            self._sleep(min(wait if wait is not None else 0.5 * 2**attempt, 30))
            attempt += 1


def _sent(body):
    if body is None:
        return None, None
    if isinstance(body, (str, bytes)):
        return body.encode("utf-8") if isinstance(body, str) else body, "application/octet-stream"
    return json.dumps(body).encode("utf-8"), "application/json"


def _text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def _seconds(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _problem(body):
    try:
        problem = json.loads(body)
    except ValueError:
        return None
    return problem if isinstance(problem, dict) and "code" in problem and "detail" in problem else None
