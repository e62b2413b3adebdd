"""Clients that lose what a developer has set."""

from contract_tests.mutants.client.source_edits import Faults, edit

TIMEOUT = "        timeout = self.timeout if timeout is None else timeout\n"

FAULTS: Faults = {
    "options::waits_10_s_to_connect_and_30_s_otherwise_by_default": {
        "waits for ever": edit(
            "_connection",
            "DEFAULT_TIMEOUT = httpx.Timeout(30.0, connect=10.0)",
            "DEFAULT_TIMEOUT = httpx.Timeout(None)",
        ),
        "waits for ever for an answer": edit(
            "_connection", "httpx.Timeout(30.0, connect=10.0)", "httpx.Timeout(30.0, read=None)"
        ),
        "waits as long to connect": edit("_connection", "httpx.Timeout(30.0, connect=10.0)", "httpx.Timeout(30.0)"),
    },
    "options::uses_the_timeout_of_the_client": {"forgets the timeout of the client": edit("_connection", TIMEOUT, "")},
    "options::uses_the_timeout_of_the_call": {
        "forgets the timeout of the call": edit("_connection", TIMEOUT, "        timeout = self.timeout\n"),
        "keeps the timeout of a call": edit("_connection", TIMEOUT, TIMEOUT + "        self.timeout = timeout\n"),
        "has a method that forgets its timeout": edit(
            "_async_client",
            "        call = _operations.update_outcome(id, body, add_defaults=add_defaults, encoding=encoding)\n        return read(call, await self._sender.send(call, timeout))",
            "        call = _operations.update_outcome(id, body, add_defaults=add_defaults, encoding=encoding)\n        return read(call, await self._sender.send(call, None))",
        ),
    },
    "options::uses_the_timeout_of_a_given_http_client": {
        "overrules the timeout of a ready client": edit(
            "_connection",
            "timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else timeout",
            "timeout=DEFAULT_TIMEOUT if timeout is None else timeout",
        )
    },
    "options::passes_options_on_to_httpx": {
        f"keeps {option} from httpx": edit("_client", f"                {option}={value},\n", "")
        for option, value in {
            "transport": "transport",
            "proxy": "proxy",
            "http2": "http2",
            "verify": "verify",
            "event_hooks": "event_hooks",
            "trust_env": "trust_env",
            "limits": "limits or httpx.Limits(max_connections=100, max_keepalive_connections=20)",
        }.items()
    },
    "options::rejects_an_http_client_with_options_that_it_replaces": {
        "drops options beside a ready client": edit(
            "_async_client",
            "        elif transport or proxy or http2 or verify is not True or limits or event_hooks:\n",
            "        elif transport or proxy or verify is not True or limits or event_hooks:\n",
        )
    },
    "options::rejects_an_http_client_of_another_type": {
        "takes anything for an http client": edit(
            "_client",
            "        if not isinstance(http_client, httpx.Client | None):",
            "        if isinstance(http_client, str):",
        )
    },
    "options::keeps_the_prefix_of_the_base_url": {
        "drops the prefix of the base URL": edit(
            "_connection", 'return str(url).rstrip("/")', 'return str(url.copy_with(raw_path=b"/")).rstrip("/")'
        ),
        "doubles the slash after the base URL": edit("_connection", 'return str(url).rstrip("/")', "return str(url)"),
        "drops the port of the base URL": edit(
            "_connection", 'return str(url).rstrip("/")', 'return str(url.copy_with(port=None)).rstrip("/")'
        ),
        "unescapes the prefix of the base URL": edit(
            "_connection", 'return str(url).rstrip("/")', 'return str(url).replace("%20", "+").rstrip("/")'
        ),
    },
    "options::sends_additional_headers": {
        "drops the headers of the developer": edit("_connection", "    merged.update(own)\n", ""),
        "prefers its own headers": edit(
            "_connection",
            "    merged.update(own)\n    return merged\n",
            "    return httpx.Headers([*httpx.Headers(own).multi_items(), *merged.multi_items()])\n",
        ),
    },
    "options::sends_one_authorization_header": {
        "sends two tokens": edit("_connection", '            if name.lower() != "authorization"\n', "")
    },
    "options::keeps_the_user_agent_of_a_given_http_client": {
        "renames a ready client": edit(
            "_connection",
            '        if name in merged and value != "*/*" and not value.startswith("python-httpx/"):\n',
            "        if not merged:\n",
        ),
        "takes httpx's defaults for a choice": edit(
            "_connection", 'if name in merged and value != "*/*" and not', "if name in merged and not"
        ),
    },
    "options::sets_its_user_agent_on_a_given_http_client_without_one": {
        "goes by the name of httpx": edit("_connection", '"python-httpx/")', '"httpx/")')
    },
    "options::uses_the_default_connection_limits_of_httpx": {
        "keeps one connection": edit("_async_client", "max_keepalive_connections=20", "max_keepalive_connections=1")
    },
    "options::stores_no_cookies": {
        "keeps cookies": edit(
            "_async_client", "                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),\n", ""
        )
    },
    "options::calls_the_event_hooks_of_httpx": {
        "does not call hooks": edit("_async_client", "                event_hooks=event_hooks,\n", "")
    },
}
