"""The loop of Lambda's Python runtime without its native client and its logger: lighter than the one on AWS."""

import http.client
import json
import os


def run(handler):
    """Serves the Runtime API until the process is stopped."""
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def call(method, path, body=None):
        connection.request(method, f"/2018-06-01/runtime/{path}", body)
        response = connection.getresponse()
        return response.headers, response.read()

    while True:
        headers, body = call("GET", "invocation/next")
        request_id = headers["lambda-runtime-aws-request-id"]
        try:
            answer = json.dumps(handler(json.loads(body), request_id, int(headers["lambda-runtime-deadline-ms"])))
            call("POST", f"invocation/{request_id}/response", answer.encode())
        except Exception as error:
            failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
            call("POST", f"invocation/{request_id}/error", json.dumps(failure).encode())
