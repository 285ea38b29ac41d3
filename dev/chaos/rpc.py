"""Calls of Odoo over JSON-RPC, each with an outcome: answered, refused or lost."""

import http.client
import itertools
import json
import shutil
import urllib.request
from pathlib import Path
from typing import Any

from ..machine import LOOPBACK
from .database import NAME

SECONDS = 60  # that a call may take
_numbers = itertools.count(1)
# Loopback: never by a proxy.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(Exception):
    """The server answered with an error, so that nothing was committed.

    ``kind``: the name of the error's class.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Lost(Exception):
    """No answer: nobody knows whether it was committed."""


def call_server(port: int, service: str, method: str, *arguments: Any) -> Any:
    """What a service of the server returns; raise Refused or Lost."""
    params = {"service": service, "method": method, "args": arguments}
    return send(_opener, port, "/jsonrpc", params)


def send(opener: urllib.request.OpenerDirector, port: int, path: str, params) -> Any:
    """What the server answers to a JSON request; raise Refused or Lost."""
    body = {"jsonrpc": "2.0", "id": next(_numbers), "params": params}
    request = urllib.request.Request(
        f"http://{LOOPBACK}:{port}{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with opener.open(request, timeout=SECONDS) as response:
            answer = json.load(response)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Lost(str(error)) from error
    if error := answer.get("error"):
        data = error.get("data") or {}
        raise Refused(
            data.get("name", "?"), data.get("message") or error.get("message", "")
        )
    return answer.get("result")


class Person:
    """A user of the database, logged in at one of the servers."""

    def __init__(
        self, port: int, user: int, login: str, password: str, company: int
    ) -> None:
        self.port = port
        self.user = user
        self.login = login
        self.password = password
        self.context = {"allowed_company_ids": [company], "lang": "en_US"}

    def call(self, model: str, method: str, *arguments: Any, **options: Any) -> Any:
        """What a method of a model returns; raise Refused or Lost."""
        options["context"] = {**self.context, **options.get("context", {})}
        return call_server(
            self.port,
            "object",
            "execute_kw",
            *(NAME, self.user, self.password, model, method, arguments, options),
        )

    def download(self, path: str, target: Path) -> None:
        """Write what a browser of this user would download to a file."""
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor()
        )
        who = {"db": NAME, "login": self.login, "password": self.password}
        send(opener, self.port, "/web/session/authenticate", who)
        url = f"http://{LOOPBACK}:{self.port}{path}"
        with opener.open(url, timeout=SECONDS) as response, target.open("wb") as file:
            shutil.copyfileobj(response, file)
