"""`python -m services.ingest` serves; `python -m services.ingest parse FILE [--json]` shows what would be stored."""

from __future__ import annotations

import signal
import sys


def serve() -> int:
    """Serves until SIGTERM or SIGINT. Returns the exit code; 2 for settings that cannot be."""
    import uvicorn
    from pydantic import ValidationError

    from libs.telemetry.logs import configure_logs
    from services.ingest.app import SERVICE, create_app
    from services.ingest.settings import IngestSettings

    try:
        settings = IngestSettings()  # type: ignore[call-arg]  # the environment gives them
    except ValidationError as error:
        for fault in error.errors():
            name = ".".join(str(part) for part in fault["loc"]).upper()
            print(f"{SERVICE}: {name + ': ' if name else ''}{fault['msg']}", file=sys.stderr)
        return 2
    configure_logs(SERVICE, settings.log_level)
    app = create_app(settings)
    server = uvicorn.Server(
        uvicorn.Config(
            app, host=settings.host, port=settings.port, log_config=None, access_log=False, server_header=False
        )
    )
    for stopping in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal once more when it has shut down; by then the exit is a success.
        signal.signal(stopping, lambda *_: sys.exit(app.state.exit_code))
    server.run()
    return int(app.state.exit_code) if server.started else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["parse"]:
        from services.ingest.parse_command import run

        sys.exit(run(sys.argv[2:]))
    sys.exit(serve())
