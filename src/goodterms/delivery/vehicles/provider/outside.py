"""Asking a provider's API only where it lies outside this machine and its network."""

import socket

from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from goodterms.lib.outside import connect_outside


def kept_outside(session: Session) -> Session:
    """Let a session connect to nothing that lies inside, whatever its answers lead to.

    A proxy that this machine's own settings name is used as ever; where it leads is for whoever runs it to say.
    """
    adapter = HTTPAdapter()
    adapter.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session


def _connected(connection: HTTPConnection) -> socket.socket:
    try:
        seconds = connection.timeout if isinstance(connection.timeout, int | float) else None
        return connect_outside(connection.host, connection.port or 443, seconds)
    except OSError as fault:
        raise NewConnectionError(connection, str(fault)) from fault


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
