"""The chores of this repository, as nox sessions: `nox --list`, or `./dev` on a fresh machine.

The sessions run in `.venv`, which `./dev` makes; they install nothing themselves.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nox
from nox.command import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

ROOT = Path(__file__).resolve().parent
JS = ROOT / "js"
HTML = ROOT / "docs" / "build" / "html"
WINDOWS = os.name == "nt"
PYTHON = ROOT / ".venv" / ("Scripts/python.exe" if WINDOWS else "bin/python")
LITE_PORT = 8643

CHROMIUM_COMMANDS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    *("microsoft-edge", "chrome", "msedge"),
)
CHROMIUM_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
)

nox.options.default_venv_backend = "none"
nox.options.sessions = ["check", "test"]
os.environ["PYTHONUTF8"] = "1"
# Without bytecode, each kernel and child of the tests compiles the whole package.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@nox.session
def check(session: nox.Session) -> None:
    """Run the linters, formatters, type checkers and import contracts of both languages."""
    build_front_end(session)
    lint(session)
    python(session, *MYPY)
    npm(session, "run", "--silent", "check")


MYPY = ("-m", "mypy", "--no-error-summary")


def lint(session: nox.Session) -> None:
    """Run the checks of Python that take a moment."""
    python(session, "-m", "ruff", "check", "--quiet", ".")
    python(session, "-m", "ruff", "format", "--check", "--quiet", ".")
    python(session, "-m", "codespell_lib", *tracked_files())
    python(
        session, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-logo"
    )


@nox.session
def test(session: nox.Session) -> None:
    """Run all checks and tests but the slow ones; with `-- ARGS` only pytest, with these."""
    own = [argument for argument in session.posargs if argument != "--all"]
    everything = len(own) < len(session.posargs)
    build_front_end(session)
    env = {"LEGNEXT_BROWSER": browser(session)}
    if any(argument.startswith("-m") for argument in own) or everything:
        pytest = ["-m", "pytest", *own]
    else:
        pytest = ["-m", "pytest", "-m", "not slow", *own]
    if own:
        if everything:
            python(session, "-m", "tests.matrix.environments")
        python(session, *pytest, env=env)
        return
    npm_command = [npm_program(session), "run", "--silent"]
    lint(session)
    with (
        beside(session, "Tests of the front end", [*npm_command, "test"], JS),
        beside(session, "Types and style of the front end", [*npm_command, "check"], JS),
        beside(session, "Types of Python", [str(PYTHON), *MYPY], ROOT),
    ):
        if everything:
            python(session, "-m", "tests.matrix.environments")
        python(session, "-m", "tests.hosts")
        python(session, *pytest, *PARALLEL, env=env)


PARALLEL = (
    *("-n", str(min((os.cpu_count() or 1) + 3, 8))),
    # tests/conftest.py says what stays together and what comes first.
    *("--dist", "loadscope", "--no-loadscope-reorder"),
)
"""One worker a processor and three more: half of them run tests that mostly wait."""


@nox.session
def test_all(session: nox.Session) -> None:
    """Run the slow tests as well, and print what works in which front end and kernel."""
    session.posargs.append("--all")
    test(session)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run all tests but the slow ones, and report the branches that none of them takes."""
    build_front_end(session)
    env = {"LEGNEXT_BROWSER": browser(session)}
    report = ("--cov", "--cov-report=term", "--cov-report=html:artifacts/coverage")
    python(session, "-m", "pytest", "-m", "not slow", *PARALLEL, *report, *session.posargs, env=env)


@nox.session
def demo(session: nox.Session) -> None:
    """Open JupyterLab on the quickstart; `-- --class` a JupyterHub; `--check` only tries it."""
    build_front_end(session)
    if "--class" in session.posargs:
        arguments = [argument for argument in session.posargs if argument != "--class"]
        env = {"LEGNEXT_BROWSER": browser(session)} if arguments else {}
        python(session, "-m", "tests.hub.demo", *arguments, env=env)
    elif "--check" in session.posargs:
        env = {"LEGNEXT_BROWSER": browser(session)}
        python(session, "-m", "tests.browser.demo_check", env=env)
    else:
        python(session, "-m", "legnext_widgets", "demo")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation with the live demo; with `-- --screenshots` take its pictures."""
    build_front_end(session)
    if "--screenshots" in session.posargs:
        env = {"LEGNEXT_BROWSER": browser(session)}
        python(session, "-m", "tests.docs.screenshots", env=env)
    sphinx = ["-m", "sphinx", "--fail-on-warning", "--keep-going", "-q", "-b", "html"]
    python(session, *sphinx, "-d", str(HTML.parent / "doctrees"), "docs", str(HTML))
    python(session, "-m", "lite.site")
    session.log(f"The documentation begins at {HTML / 'index.html'}")


@nox.session
def lite(session: nox.Session) -> None:
    """Build and serve the demo that runs in the browser; with `-- --build` only build it."""
    build_front_end(session)
    python(session, "-m", "lite.site", str(HTML / "lite"))
    if "--build" not in session.posargs:
        session.log(f"Open http://127.0.0.1:{LITE_PORT}/lab/index.html?path=demo.ipynb")
        serve = ["-m", "http.server", str(LITE_PORT), "--bind", "127.0.0.1"]
        python(session, *serve, "--directory", str(HTML / "lite"))


@nox.session
def bench(session: nox.Session) -> None:
    """Print one table of all that is promised, or with `-- NAME ARGS` one benchmark in detail."""
    known = sorted(path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py"))
    name, arguments = "", session.posargs
    if arguments and not arguments[0].startswith("-"):
        name, *arguments = arguments
        if name not in known:
            session.error(f"Unknown benchmark {name}; there are: {', '.join(known)}")
    build_front_end(session)
    env = {"LEGNEXT_BROWSER": browser(session)}
    python(session, "-m", f"benchmarks.{name}" if name else "benchmarks", *arguments, env=env)


@nox.session
def ui(session: nox.Session) -> None:
    """Serve the user interface in a plain page, rebuilt as its sources change."""
    build_front_end(session)
    # Not by npm, which leaves it running when it is terminated itself.
    with session.chdir(JS):
        run(session, "node", "build.mjs", "--serve")


@nox.session
def build(session: nox.Session) -> None:
    """Build a wheel and an sdist in `dist/`, and check both."""
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    python(session, "-m", "build", "--no-isolation", "--outdir", "dist", ".")
    built = [str(path) for path in sorted((ROOT / "dist").iterdir())]
    python(session, "-m", "twine", "check", "--strict", *built)
    wheels = [path for path in built if path.endswith(".whl")]
    python(session, "-m", "check_wheel_contents", *wheels)


@nox.session
def lock(session: nox.Session) -> None:
    """Write the newest versions of the development environment to constraints-dev.txt."""
    compile_ = ["-m", "uv", "--quiet", "pip", "compile", "pyproject.toml", "--upgrade"]
    which = ["--extra", "demo", "--group", "dev", "--universal", "--python-version", "3.11"]
    plain = ["--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    env = {"UV_CUSTOM_COMPILE_COMMAND": "./dev lock"}
    python(session, *compile_, *which, *plain, "--output-file", "constraints-dev.txt", env=env)


@nox.session
def release(session: nox.Session) -> None:
    """Set the version `-- X.Y.Z` everywhere, build, test the build, commit and tag."""
    python(session, "scripts/release.py", *session.posargs)


# --- helpers ------------------------------------------------------------------------------------


def python(session: nox.Session, *arguments: str, env: dict[str, str] | None = None) -> None:
    """Run the Python of `.venv`."""
    if not PYTHON.exists():
        session.error("There is no .venv yet: `./dev test` makes it (on Windows: `py dev test`).")
    run(session, str(PYTHON), *arguments, env=env)


def npm(session: nox.Session, *arguments: str) -> None:
    """Run npm in the folder of the front end."""
    with session.chdir(JS):
        run(session, npm_program(session), *arguments)


def npm_program(session: nox.Session) -> str:
    """Find npm, or fail and say what to install."""
    found = shutil.which("npm")
    if found is None:
        session.error("npm was not found: install Node.js 20 or newer, which brings it.")
    return found


def run(session: nox.Session, *command: str, env: dict[str, str] | None = None) -> None:
    """Run a program; if it fails, end with its exit code, where nox itself always gives 1."""
    # Ctrl-C in a terminal reaches the program as well, which may ask whether it is meant.
    patience = 60 if sys.stdin is not None and sys.stdin.isatty() else 0
    try:
        session.run(
            *command, env=env, stderr=None, interrupt_timeout=patience, terminate_timeout=20
        )
    except CommandFailed as failure:
        raise SystemExit(failure.return_code or 1) from None
    except KeyboardInterrupt:
        raise SystemExit(128 + received[0]) from None


received: list[int] = []
"""The signal that ended this run."""


def interrupt(number: int, _frame: FrameType | None) -> None:
    """Interrupt nox once; a second Ctrl-C is for the program that it waits for."""
    signal.signal(number, signal.SIG_IGN)
    received.append(number)
    raise KeyboardInterrupt


signal.signal(signal.SIGINT, interrupt)
signal.signal(signal.SIGTERM, interrupt)


@contextmanager
def beside(session: nox.Session, title: str, command: list[str], folder: Path) -> Iterator[None]:
    """Run a program beside what the block does; show its output when both have ended."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield
        except BaseException:
            process.terminate()
            raise
        finally:
            code = process.wait()
            output.seek(0)
            session.log(f"{title} ended with {code}. {output.read().strip()}")
    if code:
        raise SystemExit(code)


def build_front_end(session: nox.Session) -> None:
    """Build the front end if its sources changed."""
    npm_program(session)
    python(session, "hatch_build.py")


def browser(session: nox.Session) -> str:
    """Find an installed browser of the Chromium family."""
    commands = (path for name in CHROMIUM_COMMANDS if (path := shutil.which(name)))
    paths = (path for path in CHROMIUM_PATHS if Path(path).exists())
    found = os.environ.get("LEGNEXT_BROWSER") or next(commands, None) or next(paths, None)
    if found is None:
        session.error(
            "No Chromium, Chrome or Edge was found. Install one (on Debian and Ubuntu, as root: "
            "apt-get install chromium), or name its program in LEGNEXT_BROWSER."
        )
    return found


def tracked_files() -> list[str]:
    """Name the files of the repository that hold text in English."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return listed.stdout.splitlines() or ["."]
