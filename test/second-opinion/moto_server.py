"""moto's server on a free port of 127.0.0.1, which it prints. It serves one request at a time: moto checks a condition and writes in
two steps, and its threads race between them. Only a wait for messages holds nobody up."""

import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

one_at_a_time = threading.Lock()
application = DomainDispatcherApplication(create_backend_app)


def serve(environ, start_response):
    if environ.get("HTTP_X_AMZ_TARGET") == "AmazonSQS.ReceiveMessage":
        return application(environ, start_response)
    with one_at_a_time:
        return application(environ, start_response)


class Quiet(WSGIRequestHandler):
    def log_request(self, *_):
        pass


server = make_server("127.0.0.1", 0, serve, threaded=True, request_handler=Quiet)
print(f"http://127.0.0.1:{server.port}", flush=True)
server.serve_forever()
