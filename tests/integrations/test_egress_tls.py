"""Who is on the other end: the certificate must be known, and the name asked for is the original one (SR-7.7, 7.8)."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from integrations.egress import Call, Deadline, NotSent, send


@pytest.fixture
def a_stranger(tmp_path, monkeypatch):
    """A TLS server with a certificate of its own making, where the system says that partner.example is."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "partner.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("partner.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "both.pem").write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    seen: dict[str, list] = {"names": [], "bytes": [], "connected": []}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    context.sni_callback = lambda sock, name, context: seen["names"].append(name)
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                seen["bytes"].append(secure.recv(1))
        except OSError:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()

    def create_connection(address, timeout):
        seen["connected"].append(address)
        plain = socket.socket()
        plain.settimeout(timeout)
        plain.connect(server.getsockname())
        return plain

    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answer)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    yield seen, thread
    server.close()


def test_an_unknown_certificate_gets_not_one_byte_of_the_request(a_stranger):
    seen, thread = a_stranger
    call = Call("POST", "https://partner.example/", form={"a": "b"})
    with pytest.raises(NotSent):
        send(call, hosts=frozenset({"partner.example"}), deadline=Deadline.in_(5))
    thread.join(5)
    assert seen == {"names": ["partner.example"], "bytes": [], "connected": [("8.8.8.8", 443)]}
