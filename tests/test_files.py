"""Files: text that users gave is read with its faults named, and writing leaves no halves."""

import os

import pytest

from qsched.errors import ConfigError, OutputError
from qsched.files import (
    check_folder,
    data_dir,
    read_text,
    write_folder,
    write_text_atomically,
)


def names(folder):
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("name", ["fake_backends", "circuits"])
def test_shipped_data_is_found(name):
    assert any(data_dir(name).iterdir())


@pytest.mark.parametrize(
    ("content", "text"), [(b"a\r\nb", "a\r\nb"), (b"\xef\xbb\xbfa", "a"), ("é".encode(), "é")]
)
def test_text_is_read_as_it_is_but_for_a_byte_order_mark(tmp_path, content, text):
    (tmp_path / "a.txt").write_bytes(content)

    assert read_text(tmp_path / "a.txt") == text


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b" \n", " is empty; was it written to the end?"),
        ("a".encode("utf-16"), " is UTF-16; save it as UTF-8"),
        (b"a\nb\0", "2: NUL byte; this is no text file, or not UTF-8; save it as UTF-8"),
        (b"a\nb\n\xff", "3: byte 0xff is not UTF-8; save it as UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_with_the_error_asked_for(tmp_path, content, refusal):
    path = tmp_path / "a.txt"
    path.write_bytes(content)

    with pytest.raises(ConfigError) as caught:
        read_text(path, error=ConfigError)

    assert str(caught.value) == f"{path}:{refusal}"


def test_a_file_is_the_old_one_until_all_of_the_new_one_is_there(tmp_path, monkeypatch):
    path = tmp_path / "deep" / "a.txt"
    write_text_atomically(path, "old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        write_text_atomically(path, "new")

    assert path.read_text() == "old"
    assert names(path.parent) == ["a.txt"]


def test_a_written_file_is_readable_for_whom_the_umask_lets(tmp_path):
    before = os.umask(0o027)
    try:
        write_text_atomically(tmp_path / "a.txt", "")
        write_folder(tmp_path / "out", {"b.txt": ""})
    finally:
        os.umask(before)

    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "a.txt", tmp_path / "out")]
    assert modes == [0o640, 0o750]


def test_a_folder_is_written_as_a_whole_and_keeps_what_else_is_in_it(tmp_path):
    out = tmp_path / "deep" / "out"

    write_folder(out, {"a.txt": "1", "b.txt": "2"})
    (out / "own.txt").write_text("mine")
    write_folder(out, {"a.txt": "3"})

    assert {path.name: path.read_text() for path in out.iterdir()} == {
        "a.txt": "3",
        "b.txt": "2",
        "own.txt": "mine",
    }
    assert names(out.parent) == ["out"]


def test_a_folder_that_cannot_be_finished_is_not_begun(tmp_path):
    with pytest.raises(OutputError):
        write_folder(tmp_path / "out", {"a.txt": "1", "no/such\0name": "2"})

    assert names(tmp_path) == []


def test_a_folder_is_checked_without_being_made(tmp_path):
    check_folder(tmp_path / "not" / "there" / "yet")

    assert names(tmp_path) == []


@pytest.mark.parametrize("place", ["file", "file/below", "x\0y", "y" * 300])
def test_a_folder_that_cannot_be_is_refused(tmp_path, place):
    (tmp_path / "file").write_text("mine")

    with pytest.raises(OutputError, match="cannot write"):
        check_folder(tmp_path / place)
