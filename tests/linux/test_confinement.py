"""A program reaches the folders granted to it and nothing else: not through `..`, links, /proc, or what others change meanwhile."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

import rvsim
from rvsim.linux.grants import Grants

from .conftest import DATA, MakeCaller

WRITE, CREATE, TRUNCATE = 1, 0o101, 0o1001


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """open/ is granted; secret is what no program may see."""
    for folder in ("open/sub", "other"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "open/a.txt").write_text("granted")
    (tmp_path / "open/sub/b.txt").write_text("below")
    (tmp_path / "secret").write_text("secret")
    for name, target in (
        ("up", "../secret"), ("absolute", str(tmp_path / "secret")), ("folder", ".."), ("root", "/"), ("inside", "sub/b.txt"),
        ("away_and_back", "../open/a.txt"), ("proc", "/proc/self/root"), ("loop", "loop"), ("sub/over", "../../secret"),
        ("dangling", "../made_by_guest"),
    ):  # fmt: skip
        (tmp_path / "open" / name).symlink_to(target)
    os.mkfifo(tmp_path / "open/fifo")
    return tmp_path


ESCAPES = (
    "secret", "open/../secret", "open/sub/../../secret", "open/up", "open/absolute", "open/folder/secret", "open/root/etc/passwd",
    "open/proc/etc/passwd", "open/sub/over", "other/../secret", "open/../open/../secret", "./open/./up", "other", "",
)  # fmt: skip


@pytest.mark.parametrize("how", ["", ":rw"])
@pytest.mark.parametrize("path", ESCAPES)
def test_no_way_out(caller: MakeCaller, tree: Path, path: str, how: str) -> None:
    guest = caller(dirs=[f"{tree}/open{how}"])
    for flags in (0, WRITE, CREATE, TRUNCATE, 2):
        assert guest.open(f"{tree}/{path}", flags) == -errno.EACCES
    at = guest.put(f"{tree}/{path}")
    assert guest.call("newfstatat", -100, at, guest.room(128), 0) == -errno.EACCES
    assert guest.call("faccessat", -100, at, 0) == -errno.EACCES
    assert guest.call("statx", -100, at, 0, 0, guest.room(256)) == -errno.EACCES
    assert (tree / "secret").read_text() == "secret"


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/mem", "/proc/self/maps", "/dev/tty", "/sys/kernel", "/"])
def test_without_a_grant_there_are_no_files(caller: MakeCaller, path: str) -> None:
    assert caller().open(path) == -errno.EACCES


def test_what_is_granted(caller: MakeCaller, tree: Path) -> None:
    guest = caller(dirs=[tree / "open"])
    for path, content in (("a.txt", b"granted"), ("sub/b.txt", b"below"), ("inside", b"below"), ("away_and_back", b"granted"),
                          ("sub/../a.txt", b"granted"), ("../open/a.txt", b"granted"), ("folder/open/a.txt", b"granted")):  # fmt: skip
        fd = guest.open(tree / "open" / path)
        buffer = guest.room(32)
        assert fd >= 3 and guest.call("read", fd, buffer, 32) == len(content) and guest.bytes(buffer, len(content)) == content
        assert guest.call("close", fd) == 0
    for path, error in (("loop", errno.ELOOP), ("fifo", errno.EACCES), ("none", errno.ENOENT), ("a.txt/x", errno.ENOTDIR),
                        ("a.txt/", errno.ENOTDIR), ("none/x", errno.ENOENT), ("n" * 300, errno.ENAMETOOLONG)):  # fmt: skip
        assert guest.open(f"{tree}/open/{path}") == -error, path


def test_reading_is_not_writing(caller: MakeCaller, tree: Path) -> None:
    guest = caller(dirs=[tree / "open"])
    assert guest.open(tree / "open/a.txt", WRITE) == -errno.EROFS
    assert guest.open(tree / "open/a.txt", TRUNCATE & ~1) == -errno.EROFS
    assert guest.open(tree / "open/new", CREATE) == -errno.EROFS
    a, b = guest.put(f"{tree}/open/a.txt"), guest.put(f"{tree}/open/z")
    assert guest.call("unlinkat", -100, a, 0) == -errno.EROFS
    assert guest.call("renameat2", -100, a, -100, b, 0) == -errno.EROFS
    assert guest.call("mkdirat", -100, b, 0o700) == -errno.EROFS
    fd = guest.open(tree / "open/a.txt")
    assert guest.call("write", fd, DATA, 4) == -errno.EBADF
    assert guest.call("ftruncate", fd, 0) in (-errno.EINVAL, -errno.EBADF)
    assert (tree / "open/a.txt").read_text() == "granted" and not (tree / "open/new").exists()


def test_writing_stays_inside(caller: MakeCaller, tree: Path) -> None:
    guest = caller(dirs=[f"{tree}/open:rw"])
    fd = guest.open(tree / "open/new", CREATE, 0o6777)
    assert fd >= 3 and guest.call("write", fd, guest.put(b"text"), 4) == 4
    assert (tree / "open/new").read_text() == "text" and (tree / "open/new").stat().st_mode & 0o7777 == 0o755
    assert guest.open(tree / "open/dangling", CREATE) == -errno.EACCES and not (tree / "made_by_guest").exists()
    new, out = guest.put(f"{tree}/open/new"), guest.put(f"{tree}/out")
    assert guest.call("renameat2", -100, new, -100, out, 0) == -errno.EACCES
    assert guest.call("symlinkat", new, -100, out) == -errno.ENOSYS and guest.call("linkat", -100, new, -100, out, 0) == -errno.ENOSYS
    assert guest.call("unlinkat", -100, guest.put(f"{tree}/open"), 0x200) == -errno.EBUSY
    link = guest.put(f"{tree}/open/up")
    assert guest.call("unlinkat", -100, link, 0) == 0 and (tree / "secret").exists()


def test_relative_paths_and_folders(caller: MakeCaller, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "other")
    guest = caller(dirs=["../open"])
    assert guest.open("../open/a.txt") >= 3 and guest.open("../secret") == -errno.EACCES
    folder = guest.open("../open/sub")
    at = guest.room(512)
    assert guest.call("openat", folder, guest.put("b.txt"), 0) >= 3
    assert guest.call("openat", folder, guest.put("../../secret"), 0) == -errno.EACCES
    size = guest.call("getdents64", folder, at, 512)
    assert b"b.txt\0" in guest.bytes(at, size) and guest.call("getdents64", folder, at, 512) == 0
    assert guest.call("chdir", guest.put("../open/sub")) == 0 and guest.open("b.txt") >= 3
    assert guest.call("chdir", guest.put("..")) == 0 and guest.open("a.txt") >= 3
    assert guest.call("chdir", guest.put("..")) == -errno.EACCES


def test_a_folder_that_becomes_a_link_meanwhile(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two steps of a walk, the folder just entered is replaced by a link: the walk goes on where it was."""
    grants, real = Grants([f"{tree}/open"]), os.open

    def swap(name: str, *rest: object, **more: object) -> int:
        if name == "b.txt":
            (tree / "open/sub").rename(tree / "moved")
            (tree / "open/sub").symlink_to(tree / "other")
            (tree / "other/b.txt").write_text("not granted")
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", swap)
    with grants.walk(f"{tree}/open/sub/b.txt", follow=True) as place:
        fd = real(place.name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=place.folder)
    assert os.read(fd, 100) == b"below"
    os.close(fd)
    grants.close()


def test_a_file_that_becomes_a_link_meanwhile(caller: MakeCaller, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guest, real = caller(dirs=[f"{tree}/open:rw"]), os.open
    path = guest.put(f"{tree}/open/a.txt")

    def swap(name: str, flags: int, *rest: object, **more: object) -> int:
        if name == "a.txt" and not flags & os.O_PATH:
            (tree / "open/a.txt").unlink()
            (tree / "open/a.txt").symlink_to(tree / "secret")
        return real(name, flags, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", swap)
    assert guest.call("openat", -100, path, TRUNCATE) == -errno.ELOOP
    assert (tree / "secret").read_text() == "secret"


def test_a_grant_of_everything_or_through_a_link(caller: MakeCaller, tree: Path) -> None:
    guest = caller(dirs=["/"])
    assert guest.open(tree / "secret") >= 3 and guest.open(f"/../..{tree}/open/up") >= 3
    assert guest.open("/proc/self/mem") == guest.open("/sys/kernel") == guest.open(tree / "open/proc/etc/passwd") == -errno.EACCES
    (tree / "link").symlink_to("open")
    guest = caller(dirs=[tree / "link"])
    assert guest.open(tree / "link/a.txt") >= 3 and guest.open(tree / "open/a.txt") >= 3
    assert guest.open(tree / "link/../secret") == -errno.EACCES


def test_a_grant_inside_a_grant(caller: MakeCaller, tree: Path) -> None:
    guest = caller(dirs=[tree / "open", f"{tree}/open/sub:rw"])
    assert guest.open(tree / "open/sub/new", CREATE) >= 3 and guest.open(tree / "open/new", CREATE) == -errno.EROFS


def test_all_host_descriptors_come_back(caller: MakeCaller, tree: Path) -> None:
    before = set(os.listdir("/proc/self/fd"))
    guest = caller(dirs=[f"{tree}/open:rw"])
    for path in (*ESCAPES, "open/a.txt", "open/sub/b.txt", "open/loop", "open/none", "open/sub"):
        guest.open(f"{tree}/{path}")
    guest.process.close()
    assert set(os.listdir("/proc/self/fd")) == before


def test_failures_leave_no_host_descriptor_open(tree: Path, tmp_path: Path) -> None:
    """Whatever goes wrong, in the request or in a function of the caller's, its own error arrives and every file is closed."""
    from rvsim.toolchain import build

    source = tmp_path / "hello.S"
    source.write_text("    .globl _start\n_start: li a0, 1\n mv a1, sp\n li a2, 5\n li a7, 64\n ecall\n j _start\n")
    program = build(source, link="bare")

    def fail(data: bytes) -> None:
        raise ZeroDivisionError(data)

    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(ZeroDivisionError):
        rvsim.run_elf(program, mode="user", functional=True, dirs=[str(tree / "open")], output=fail)
    with pytest.raises(rvsim.UsageError, match="take"):
        rvsim.run_elf(program, mode="user", functional=True, dirs=[str(tree / "open")], args=["x" * (2 << 20)])
    with pytest.raises(rvsim.UsageError, match="--dir"):
        rvsim.run_elf(program, mode="user", functional=True, dirs=[str(tree / "open"), "none"])
    assert set(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("text", ["no/such/folder", "/etc/passwd", "/proc", "/proc/self:rw", "/sys", "a\0b"])
def test_grants_that_make_no_sense(text: str) -> None:
    with pytest.raises(rvsim.UsageError, match="--dir"):
        Grants([text])


def test_the_user_is_told_how_to_grant(caller: MakeCaller, tree: Path) -> None:
    guest = caller()
    for _ in range(3):
        guest.open(tree / "open/a.txt")
        guest.open("/etc/localtime")
    assert guest.notes == [f"the program may not reach {tree}/open/a.txt; grant its folder with --dir {tree}/open (or {tree}/open:rw)"]


def test_the_program_may_read_itself_and_no_more(caller: MakeCaller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test.elf").write_text("what lies there by now")
    guest = caller(image=b"\x7fELF and more")
    buffer = guest.room(32)
    for path in ("/proc/self/exe", "test.elf", f"{tmp_path}/../{tmp_path.name}/test.elf"):
        fd = guest.open(path)
        assert guest.call("read", fd, buffer, 32) == 13 and guest.bytes(buffer, 4) == b"\x7fELF"
        assert guest.call("pread64", fd, buffer, 32, 5) == 8 and guest.call("lseek", fd, -3 & (1 << 64) - 1, 2) == 10
        assert guest.call("write", fd, buffer, 1) == -errno.EBADF
        mapped = guest.call("mmap", 0, 13, 1, 2, fd, 0)
        assert guest.bytes(mapped, 14) == b"\x7fELF and more\0"
        assert guest.open(path, WRITE) == guest.open(path, TRUNCATE & ~1) == -errno.EACCES


def test_copies_from_file_to_file(caller: MakeCaller, tree: Path) -> None:
    guest = caller(dirs=[f"{tree}/open:rw", f"{tree}/other"])
    (tree / "other/big").write_bytes(bytes(range(256)) * 8192)
    source, target = guest.open(tree / "other/big"), guest.open(tree / "open/copy", 0o102)
    assert guest.call("sendfile", target, source, 0, 1 << 40) == 2 << 20
    assert (tree / "open/copy").read_bytes() == (tree / "other/big").read_bytes()
    at = guest.put((5).to_bytes(8, "little"))
    assert guest.call("copy_file_range", source, at, target, 0, 10, 0) == 10 and guest.bytes(at, 1) == b"\x0f"
    assert (tree / "open/copy").read_bytes()[-10:] == bytes(range(5, 15))
    assert guest.call("lseek", target, 0, 0) == 0 and guest.call("sendfile", source, target, 0, 10) == -errno.EBADF
    assert guest.call("fchmod", target, 0o4755) == 0 and (tree / "open/copy").stat().st_mode & 0o7777 == 0o755
    assert guest.call("fchmod", source, 0o777) == -errno.EROFS and guest.call("fchmod", 1, 0o777) == -errno.EROFS


def test_a_link_that_leads_out_is_told_with_its_target(caller: MakeCaller, tree: Path) -> None:
    (tree / "granted").mkdir()
    (tree / "granted/link").symlink_to("../open/a.txt")
    guest = caller([str(tree / "granted")])
    guest.open(tree / "granted/link")
    told = f"the program may not reach {tree}/granted/link, which leads to {tree}/open/a.txt; grant its folder with --dir {tree}/open"
    assert guest.notes == [f"{told} (or {tree}/open:rw)"]
