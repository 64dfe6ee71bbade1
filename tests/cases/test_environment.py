"""Networks and mistakes in the set-up, as operators report them: what works, and what is said."""

import asyncio
import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.app import Bot
from bot.doctor import _check_fonts
from bot.fake_slack.client.harness import Harness
from bot.fake_slack.clock import FakeClock
from bot.fake_slack.server.delivery import asgi_sender
from bot.fake_slack.server.http_server import FakeSlack
from bot.picture import coverage
from bot.picture.render import render_svg
from bot.proxies import Proxies
from bot.server import build_http_app
from bot.settings import read_settings
from tests.bot_process import run_bot_command, send_nothing, settle_nothing
from tests.conftest import TEST_TIMING, build_settings
from tests.hanging import HANG_TIMEOUT_SECONDS
from tests.ports import find_free_port
from tests.recording_proxy import pipe, run_proxy

pytestmark = pytest.mark.enable_socket

PROXY = "http://proxy.corp.example:3128"
PROXY_VARIABLES = ("https_proxy", "http_proxy", "no_proxy", "all_proxy")
DOCUMENTS = [Path(name).read_text() for name in ("README.md", "docs/operations.md")]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the machine's own settings out of the environment."""
    for name in os.environ:
        if name.lower() in PROXY_VARIABLES or name.startswith(("SLACK_", "DATABASE_URL")):
            monkeypatch.delenv(name)


# E1: which proxy each address is reached through


@pytest.mark.parametrize(
    ("no_proxy", "url", "is_direct"),
    [
        ("", "https://slack.com/api/chat.postMessage", False),
        ("", "wss://wss-primary.slack.com/link", False),
        ("", "http://127.0.0.1:4000/api/", True),
        ("", "http://127.8.9.1/", True),
        ("", "http://localhost:4000/", True),
        ("", "http://LOCALHOST./", True),
        ("", "http://bot.localhost/", True),
        ("", "http://[::1]:4000/", True),
        ("slack.com", "https://slack.com/api/", True),
        ("slack.com", "https://files.slack.com/x", True),
        ("slack.com", "https://notslack.com/x", False),
        (".slack.com", "wss://wss-primary.slack.com/link", True),
        ("*.slack.com", "https://files.slack.com/x", True),
        ("slack.com:443", "https://slack.com/api/", True),
        ("slack.com:8443", "https://slack.com/api/", False),
        ("a.example, slack.com", "https://slack.com/api/", True),
        ("a.example slack.com", "https://slack.com/api/", True),
        ("*", "https://slack.com/api/", True),
        ("10.0.0.0/8", "https://10.1.2.3/api/", True),
        ("10.0.0.0/8", "https://11.1.2.3/api/", False),
        ("[fd00::1]", "https://[fd00::1]/api/", True),
        ("fd00::/8", "https://[fd00::1]/api/", True),
    ],
)
def test_e1_this_machine_and_the_hosts_of_no_proxy_are_reached_directly(
    no_proxy: str, url: str, is_direct: bool
) -> None:
    assert (Proxies(https=PROXY, http=PROXY, no_proxy=no_proxy).find_proxy(url) is None) is is_direct


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"https_proxy": PROXY}, PROXY),
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"HTTP_PROXY": PROXY}, PROXY),
        ({"http_proxy": PROXY}, PROXY),
        ({"HTTPS_PROXY": "http://other.example", "https_proxy": PROXY}, PROXY),
        ({"HTTPS_PROXY": PROXY, "HTTP_PROXY": "http://other.example"}, PROXY),
        ({"HTTPS_PROXY": "proxy.corp.example:3128"}, PROXY),
        ({"HTTPS_PROXY": f"  {PROXY} "}, PROXY),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "slack.com"}, None),
        ({"HTTPS_PROXY": ""}, None),
        ({}, None),
    ],
)
def test_e1_the_variables_count_in_both_cases(
    variables: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = read_settings().proxies.find_proxy("https://slack.com/api/")
    assert found == expected


async def test_e1_the_demo_never_uses_a_proxy(tmp_path: Path) -> None:
    """The proxy here answers nothing: a call through it would hang."""
    async with run_proxy(port=find_free_port()) as proxy:
        variables = {"https_proxy": proxy.url, "HTTP_PROXY": proxy.url, "no_proxy": "localhost,127.0.0.1"}
        command = [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", str(find_free_port())]
        demo = await asyncio.create_subprocess_exec(
            *command,
            cwd=tmp_path,
            env={**os.environ, **variables, "PYTHONPATH": str(Path.cwd()), "DATABASE_URL": "nonsense://"},
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert demo.stdout is not None
            lines = [
                (await asyncio.wait_for(demo.stdout.readline(), HANG_TIMEOUT_SECONDS)).decode()
                for _ in range(3)
            ]
        finally:
            demo.send_signal(signal.SIGTERM)
            assert await demo.wait() == 0
    assert proxy.requests == []
    assert lines[0].startswith("The demo is at http://127.0.0.1:")
    assert "Value map bot 0.1.0 speaks with a fake Slack in this process" in lines[1]
    assert "valuemap-demo/bot.db" in lines[1]


# E2: one way out


def find_port(slack: FakeSlack) -> int:
    return urlsplit(slack.url).port or 0


@pytest.fixture
def far_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the fake Slack answer for names to which no address of this machine belongs."""
    names = {"slack.com", "hooks.slack.com", "slack.test"}
    monkeypatch.setattr("bot.fake_slack.server.security.LOCAL_HOSTS", names)


@pytest.mark.usefixtures("far_hosts")
async def test_e2_calls_uploads_and_downloads_take_the_proxy(sqlite_url: str) -> None:
    clock = FakeClock()
    async with FakeSlack(clock) as slack, run_proxy(port=find_port(slack)) as proxy:
        slack.url = "http://slack.test"  # a name that only the proxy knows
        with_password = proxy.url.replace("//", "//us%20er:pass@")
        settings = build_settings(slack, sqlite_url).model_copy(update={"http_proxy": with_password})
        bot = Bot(settings, clock.now, TEST_TIMING)
        async with bot.running():
            harness = Harness(slack, asgi_sender(build_http_app(bot)), bot.deps.background.drain)
            ana = harness.add_person("Ana")
            channel = harness.add_channel("product", ana)
            await ana.type_text(channel, "/valuemap new Reports")
            await ana.type_text(channel, "/valuemap import")
            await ana.modal.attach_file("Or choose a file", "a.txt", "pain: too slow")
            await ana.modal.submit()
            assert "1 entry would be added" in ana.modal.text
            await ana.modal.submit()
            await ana.type_text(channel, "/valuemap export json")
            await bot.deps.background.drain()
        assert b"too slow" in slack.files[-1].content
    paths = {request.partition(" ")[2].partition("?")[0] for request in proxy.requests}
    assert {"http://slack.test/api/views.open", "http://slack.test/api/files.completeUploadExternal"} <= paths
    assert any(request.startswith("GET http://slack.test/files/") for request in proxy.requests)
    assert any(request.startswith("POST http://slack.test/upload/") for request in proxy.requests)
    assert proxy.credentials == {"Basic dXMgZXI6cGFzcw=="}


@asynccontextmanager
async def serve_tls(port: int, folder: Path) -> AsyncIterator[tuple[int, Path]]:
    """Serve what listens at a port also over TLS, as slack.com; yield that port and the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "slack.com")])
    hosts = x509.SubjectAlternativeName([x509.DNSName("slack.com"), x509.DNSName("*.slack.com")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(hosts, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "cert.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    unencrypted = serialization.NoEncryption()
    encoding, key_format = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(encoding, key_format, unencrypted))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate_file, key_file)

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        plain_reader, plain_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pipe(reader, plain_writer), pipe(plain_reader, writer))

    server = await asyncio.start_server(relay, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1], certificate_file
    finally:
        server.close()


@pytest.mark.usefixtures("far_hosts")
async def test_e2_socket_mode_and_response_urls_take_the_proxy_by_connect(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with FakeSlack() as slack:
        port = find_port(slack)
        async with serve_tls(port, tmp_path) as (tls_port, certificate), run_proxy(port, tls_port) as proxy:
            slack.url = "https://slack.com"
            environ = {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(certificate)}
            async with run_bot_command(slack, sqlite_url, "run", SLACK_APP_TOKEN=slack.app_token, **environ):
                await asyncio.wait_for(slack.socket_connected.wait(), HANG_TIMEOUT_SECONDS)
                harness = Harness(slack, send_nothing, settle_nothing)
                ana = harness.add_person("Ana")
                channel = harness.add_channel("product", ana)
                payload = ana.member.command_payload(channel, "/valuemap")
                payload["response_url"] = payload["response_url"].replace("slack.com", "hooks.slack.com")
                await slack.send_envelope("slash_commands", payload)
                await asyncio.wait_for(slack.response_received.wait(), HANG_TIMEOUT_SECONDS)
                assert "no canvas yet" in ana.last_message(channel).text
    assert {*proxy.requests} == {"CONNECT slack.com:443", "CONNECT hooks.slack.com:443"}


# E8: scripts without a font


def test_e8_bundled_fonts_draw_the_usual_scripts_and_doctor_names_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(coverage, "render_svg", draw_without_system_fonts)
    missing = coverage.find_missing_scripts()
    assert [*missing] == ["fonts-noto-core"]
    assert {"Tibetan", "Mongolian", "Cherokee"} <= {*missing["fonts-noto-core"]}
    for name in ("Thai", "Devanagari (Hindi)", "Arabic", "Hebrew", "Tamil", "Telugu", "Khmer"):
        assert name in coverage.SAMPLES["fonts-noto-core"]
        assert name not in missing["fonts-noto-core"]
    assert coverage._can_draw("Greek", "αβ")
    assert coverage._can_draw("Cyrillic", "жд")
    assert coverage._can_draw("Latin", "łß")
    finding = _check_fonts()
    assert (finding.is_ok, finding.is_note) == (True, True)
    assert finding.text.startswith("in pictures these are boxes until you install their fonts: Tibetan, ")
    assert finding.text.endswith(" (Debian's package fonts-noto-core)")


def test_e8_without_the_bundled_fonts_too_every_script_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "render_svg", draw_with_own_font)
    missing = coverage.find_missing_scripts()
    assert {"Thai", "Devanagari (Hindi)", "Arabic", "Tamil"} <= {*missing["fonts-noto-core"]}
    assert missing["fonts-noto-cjk"] == ["Chinese", "Japanese", "Korean"]
    assert missing["fonts-noto-color-emoji"] == ["emoji"]


def draw_without_system_fonts(
    svg: str, family: str, font_files: Sequence[str], *, system_fonts: bool
) -> bytes:
    return render_svg(svg, family, font_files, system_fonts=False)


def draw_with_own_font(svg: str, family: str, font_files: Sequence[str], *, system_fonts: bool) -> bytes:
    """Render on a machine without any other font."""
    return render_svg(svg, family, font_files[:1], system_fonts=False)


@pytest.mark.parametrize("package", [coverage.CORE_PACKAGE, coverage.EMOJI_PACKAGE])
def test_e8_readme_and_operations_name_the_packages_of_other_fonts(package: str) -> None:
    assert all(package in document for document in DOCUMENTS)
