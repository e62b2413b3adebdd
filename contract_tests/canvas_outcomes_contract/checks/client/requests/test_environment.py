"""The base URL and the token of a client, taken from the environment."""

import pytest

from canvas_outcomes import errors
from canvas_outcomes_contract.checks.client.consumers import BASE_URL, CERTIFICATES, Consumer
from canvas_outcomes_contract.checks.client.documented import GET


def test_takes_its_base_url_and_token_from_the_environment(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANVAS_BASE_URL", f"{BASE_URL}/canvas")
    monkeypatch.setenv("CANVAS_ACCESS_TOKEN", "from-the-environment")
    consumer.close()
    consumer.client = consumer.client_class.from_env(verify=CERTIFICATES, timeout=7, headers={"X-Trace": "abc"})

    request = consumer.request_of(GET)

    assert str(request.url).startswith(f"{BASE_URL}/canvas/")
    assert request.headers["Authorization"] == "Bearer from-the-environment"
    assert (request.extensions["timeout"]["read"], request.headers["X-Trace"]) == (7, "abc")


@pytest.mark.parametrize("present", [(), ("CANVAS_BASE_URL",), ("CANVAS_ACCESS_TOKEN",)], ids=repr)
@pytest.mark.parametrize("absent", [None, ""])
def test_names_the_variables_that_the_environment_lacks(
    consumer: Consumer, present: tuple[str, ...], absent: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("CANVAS_BASE_URL", "CANVAS_ACCESS_TOKEN")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**dict.fromkeys(names, absent), **dict.fromkeys(present, "a-secret")}.items():
        if value is not None:
            monkeypatch.setenv(name, value)

    with pytest.raises(errors.InvalidRequestError) as caught:
        consumer.client_class.from_env()

    assert [name for name in names if name in str(caught.value)] == [name for name in names if name not in present]
    assert "a-secret" not in str(caught.value)
