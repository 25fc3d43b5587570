import socket

from checkdata.entrypoints.http_server import PromptConfig


def test_a_connection_to_workers_that_share_a_socket_sends_short_answers_at_once() -> None:
    with PromptConfig("no.module:app", host="127.0.0.1", port=0, log_config=None).bind_socket() as shared:
        shared.listen()
        with socket.create_connection(shared.getsockname()) as _, shared.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
