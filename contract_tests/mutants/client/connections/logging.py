"""Clients that log too little, too much, or where nobody asked them to."""

from contract_tests.mutants.client.source_edits import Faults, edit

FIGURES = "{name: response.headers[name] for name in LOGGED_HEADERS if name in response.headers}"

FAULTS: Faults = {
    "logging::logs_request_and_response": {
        "logs nothing": edit("_connection", "if logger.isEnabledFor(logging.DEBUG):", "if False:"),
        "logs answers as warnings": edit("_connection", "logger.debug(", "logger.warning("),
        "does not log the request's id": edit(
            "_connection", 'LOGGED_HEADERS = ("X-Request-Context-Id", ', "LOGGED_HEADERS = ("
        ),
    },
    "logging::logs_nothing_else": {
        "logs by a list of what is secret": edit("_connection", FIGURES, "response.headers.multi_items()"),
        "logs the query": edit(
            "_connection",
            'logger.debug("%s: %d %s", call.info(response.request)',
            'logger.debug("%s: %d %s", response.request.url',
        ),
        "logs the body": edit("_connection", "response.status_code, logged)", "response.status_code, response.text)"),
    },
    "logging::logs_a_retry_and_its_delay": {
        "does not say that it asks again": edit("_connection", "logger.info(", "logger.debug("),
        "shows the query of what it asks again": edit(
            "_responses", 'self.target.partition("?")[0]', 'self.target.partition("?")[2]'
        ),
        "counts attempts from zero": edit("_connection", "reason, attempt + 2, total", "reason, attempt, total"),
    },
    "logging::configures_no_logging_when_imported": {
        "sets logging up": edit(
            "_connection",
            'logger = logging.getLogger("canvas_outcomes")\n',
            'logger = logging.getLogger("canvas_outcomes")\nlogging.basicConfig()\n',
        ),
        "prints when it is imported": edit(
            "__init__", "__version__ = CONTRACT.version", "__version__ = CONTRACT.version\nprint(__version__)"
        ),
        "has a level of its own": edit(
            "_connection",
            'logger = logging.getLogger("canvas_outcomes")\n',
            'logger = logging.getLogger("canvas_outcomes")\nlogger.setLevel("INFO")\n',
        ),
    },
    "logging::logs_the_path_of_a_retry_without_the_query": {
        "names no path without a query": edit("_responses", 'self.target.partition("?")', 'self.target.rpartition("?")')
    },
}
