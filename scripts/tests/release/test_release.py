"""The release checks reject a wrong version, a missing date and different bytes; `tox -e release` runs the rest."""

from pathlib import Path

import pytest

from scripts.release import __main__ as release
from scripts.release.__main__ import NotReleasable, check_same, check_tag, one_version, tracked_files


def test_the_tag_must_match_the_version_of_the_contract() -> None:
    with pytest.raises(NotReleasable, match=r"the tag is v1\.0\.1, but info\.version .* is 1\.0\.0\. Tag v1\.0\.0\."):
        check_tag("v1.0.1", "1.0.0")


def test_a_release_needs_a_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "ROOT", tmp_path)
    changelog = tmp_path / "CHANGELOG.md"
    for heading in ("## 1.0.0", "## 1.0.0 (unreleased)", "## 11.0.0 (2026-01-31)", ""):
        changelog.write_text(f"# Changelog\n\n{heading}\n\n- It works.\n")
        with pytest.raises(NotReleasable, match=r"CHANGELOG\.md has no section 1\.0\.0 with a date"):
            check_tag("v1.0.0", "1.0.0")

    changelog.write_text("# Changelog\n\n## 1.0.0 (2026-01-31)\n\n- It works.\n")
    check_tag("v1.0.0", "1.0.0")


def test_different_versions_are_rejected() -> None:
    names = {"canvas_outcomes_client-1.0.0.tar.gz": "", "canvas_outcomes_contract-1.0.1-py3-none-any.whl": ""}

    with pytest.raises(NotReleasable, match=r"several versions, \['1\.0\.0', '1\.0\.1'\]"):
        one_version(names)


def test_different_bytes_are_rejected() -> None:
    with pytest.raises(NotReleasable, match="a fresh clone builds other bytes: a, b"):
        check_same({"a": "1", "c": "1"}, {"a": "2", "b": "1", "c": "1"})


def test_a_copy_has_only_tracked_files(tmp_path: Path) -> None:
    copy = tracked_files(tmp_path / "copy")

    assert (copy / "openapi.yaml").is_file()
    assert not (copy / ".git").exists()
    assert list(copy.rglob("__pycache__")) == []
