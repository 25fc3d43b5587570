import pickle
import socket

from checkdata.entrypoints.http.server import PromptConfig


def socket_for_workers() -> socket.socket:
    return PromptConfig("no.module:app", host="127.0.0.1", port=0, log_config=None).bind_socket()


def test_a_connection_to_one_of_several_workers_sends_short_answers_at_once() -> None:
    with socket_for_workers() as kept, pickle.loads(pickle.dumps(kept)) as listening:  # noqa: S301 - as workers get it
        listening.listen()
        with socket.create_connection(listening.getsockname()) as _, listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_connections_are_dealt_out_among_all_workers() -> None:
    with socket_for_workers() as kept:
        workers = [pickle.loads(pickle.dumps(kept)) for _ in range(2)]  # noqa: S301 - as workers get it
        for worker in workers:
            worker.listen(100)
            worker.settimeout(0)
        clients = [socket.create_connection(kept.getsockname()) for _ in range(100)]
        try:
            assert [worker.accept()[0].close() for worker in workers] == [None, None]
        finally:
            for each in (*clients, *workers):
                each.close()
