"""Packages of languages by what their installers leave, in one walk; archives and programs that are hostile or cut off."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.scan.inventory import Inventory, take
from garrison.scan.inventory.languages import golang, java
from garrison.scan.inventory.languages.elf import Broken, elf
from garrison.scan.roots import Folder, Unread

MODULES = (
    "path\tgithub.com/Example/tool\nmod\tgithub.com/Example/tool\tv1.4.0\th1:x=\n"
    "dep\tgolang.org/x/net\tv0.7.0\th1:x=\ndep\told.example/y\tv1.0.0\n=>\tnew.example/y\tv1.0.1\th1:z=\nbuild\tCGO_ENABLED=0\n"
)
FRAMED = b"\x30" * 16 + MODULES.encode() + b"\xf9" * 16


def put(top: Path, path: str, content: str | bytes, mode: int = 0o644) -> None:
    file = top / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    file.chmod(mode)


def taken(top: Path) -> tuple[Inventory, list[Unread]]:
    with Folder(str(top)) as root:
        return take(root), root.unread


def purls(top: Path) -> list[str]:
    found, unread = taken(top)
    assert unread == []
    return [each.purl for each in found.packages]


def go_program(version: bytes = b"go1.20.3", text: bytes = FRAMED, *, inline: bool = True) -> bytes:
    """An ELF file of one segment of data, with the blob at its start as Go's linker lays it out."""
    start, address = 0x1000, 0x400000
    if inline:
        assert len(text) < 2**14
        blob = b"\xff Go buildinf:" + bytes([8, 2]) + b"\0" * 16 + bytes([len(version)]) + version
        blob += bytes([len(text) & 0x7F | 0x80, len(text) >> 7]) + text
    else:
        at = address + 64
        blob = b"\xff Go buildinf:" + bytes([8, 0]) + struct.pack("<QQ", address + 32, address + 48)
        blob += struct.pack("<QQQQ", at, len(version), at + len(version), len(text)) + version + text
    head = b"\x7fELF\2\1\1" + b"\0" * 9 + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 6, start, address, address, len(blob), len(blob), 0x1000)
    return (head + segment).ljust(start, b"\0") + blob + b"\0" * golang.LEAST_BYTES


def jar(*entries: tuple[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    return made.getvalue()


def pom(group: str, artifact: str, version: str) -> tuple[str, str]:
    said = f"# made\ngroupId={group}\nartifactId={artifact}\nversion={version}\n"
    return f"META-INF/maven/{group}/{artifact}/pom.properties", said


def test_python_is_told_by_its_metadata(tmp_path: Path) -> None:
    put(
        tmp_path,
        "v/lib/x.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.0\nLicense: MIT\n\nVersion: 9\n",
    )
    put(tmp_path, "v/lib/y.egg-info/PKG-INFO", "Name: y\nVersion: 2\n")
    put(tmp_path, "v/lib/z-3.egg-info", "Name: z\nVersion: 3\n")
    put(tmp_path, "src/PKG-INFO", "Name: source\nVersion: 4\n")
    put(tmp_path, "v/lib/w.dist-info/METADATA", "no header")
    assert purls(tmp_path) == ["pkg:pypi/foo-bar@1.0", "pkg:pypi/y@2", "pkg:pypi/z@3"]


def test_npm_is_told_by_what_lies_in_node_modules(tmp_path: Path) -> None:
    put(tmp_path, "app/node_modules/@a/b/package.json", '{"name": "@a/b", "version": "1.0.0", "license": "MIT"}')
    put(tmp_path, "app/node_modules/c/package.json", '{"name": "c", "version": "2.0.0"}')
    put(tmp_path, "app/node_modules/c/test/package.json", '{"name": "inner", "version": "3.0.0"}')
    put(tmp_path, "app/package-lock.json", json.dumps({"packages": {"node_modules/d": {"version": "1"}}}))
    assert purls(tmp_path) == ["pkg:npm/%40a/b@1.0.0", "pkg:npm/c@2.0.0"]


@pytest.mark.parametrize(
    "lock",
    [
        {
            "lockfileVersion": 3,
            "packages": {
                "": {"version": "0"},
                "node_modules/x": {"version": "1.0.0"},
                "node_modules/x/node_modules/@s/y": {"version": "2.0.0"},
                "node_modules/d": {"version": "3", "dev": True},
                "node_modules/l": {"link": True},
            },
        },
        {
            "dependencies": {
                "x": {"version": "1.0.0", "dependencies": {"@s/y": {"version": "2.0.0"}}},
                "d": {"dev": True},
            }
        },
    ],
)
def test_a_lock_file_tells_what_would_be_installed(tmp_path: Path, lock: object) -> None:
    put(tmp_path, "app/package-lock.json", json.dumps(lock))
    assert purls(tmp_path) == ["pkg:npm/%40s/y@2.0.0", "pkg:npm/x@1.0.0"]


def test_gems_are_told_by_their_specifications(tmp_path: Path) -> None:
    stub = '# -*- encoding: utf-8 -*-\n# stub: nokogiri 1.15.4 x86_64-linux lib\n\nGem::Specification.new do |s|\n  s.licenses = ["MIT".freeze]\nend\n'
    put(tmp_path, "gems/specifications/nokogiri-1.15.4.gemspec", stub)
    put(
        tmp_path,
        "gems/specifications/default/json.gemspec",
        'Gem::Specification.new do |s|\n  s.name = "json"\n  s.version = "2.6.1"\nend',
    )
    put(tmp_path, "src/x.gemspec", 'Gem::Specification.new do |s|\n  s.name = "x"\n  s.version = "1"\nend')
    assert purls(tmp_path) == ["pkg:gem/json@2.6.1", "pkg:gem/nokogiri@1.15.4?platform=x86_64-linux"]


@pytest.mark.parametrize("inline", [True, False])
def test_go_programs_tell_their_modules_in_either_form(tmp_path: Path, inline: bool) -> None:
    put(tmp_path, "usr/local/bin/tool", go_program(inline=inline), 0o755)
    assert purls(tmp_path) == [
        "pkg:golang/github.com/example/tool@v1.4.0",
        "pkg:golang/golang.org/x/net@v0.7.0",
        "pkg:golang/new.example/y@v1.0.1",
        "pkg:golang/stdlib@1.20.3",
    ]


def test_a_program_that_ends_too_early_is_unread(tmp_path: Path) -> None:
    put(
        tmp_path,
        "bin/tool",
        go_program(text=b"\x30" * 8000)[: golang.LEAST_BYTES + 100].replace(b"\x30" * 64, b""),
        0o755,
    )
    whole = bytearray(go_program(inline=False))
    struct.pack_into("<Q", whole, 0x1010, 0x7F0000000000)
    put(tmp_path, "bin/lost", bytes(whole), 0o755)
    found, unread = taken(tmp_path)
    assert found.packages == () or all(each.ecosystem == "golang" for each in found.packages)
    assert "/bin/lost" in {note.path for note in unread}


@given(st.binary(max_size=300), st.integers(0, 0x1200), st.booleans())
def test_no_bytes_stop_the_reading_of_programs(noise: bytes, place: int, inline: bool) -> None:
    whole = go_program(inline=inline)
    try:
        found = elf(io.BytesIO(whole[:place] + noise + whole[place + len(noise) :]))
        said = golang.build_information(found) if found else None
    except Broken:
        return
    if said is not None:
        list(golang.modules(*said))


def test_java_is_told_by_maven_and_by_manifests_however_deep(tmp_path: Path) -> None:
    inner = jar(pom("org.example", "inner", "1.0"))
    named = jar(
        (
            "META-INF/MANIFEST.MF",
            "Manifest-Version: 1.0\r\nBundle-SymbolicName: org.apache.comm\r\n ons.lang3;x=y\r\nBundle-Version: 3.12.0\r\n\r\nName: a\r\n",
        )
    )
    put(
        tmp_path,
        "srv/app.war",
        jar(pom("org.example", "app", "2.0"), ("WEB-INF/lib/inner-1.0.jar", inner), ("WEB-INF/lib/lang3.jar", named)),
    )
    put(tmp_path, "srv/guava-31.1-jre.jar", jar(("x", "y")))
    put(tmp_path, "srv/nothing.jar", jar(("x", "y")))
    found, unread = taken(tmp_path)
    assert unread == []
    assert [(each.name, each.version, each.path) for each in found.packages] == [
        ("guava", "31.1-jre", "/srv/guava-31.1-jre.jar"),
        ("org.apache.commons:lang3", "3.12.0", "/srv/app.war!/WEB-INF/lib/lang3.jar"),
        ("org.example:app", "2.0", "/srv/app.war"),
        ("org.example:inner", "1.0", "/srv/app.war!/WEB-INF/lib/inner-1.0.jar"),
    ]
    assert found.packages[3].purl == "pkg:maven/org.example/inner@1.0" and len(found.packages[3].digest) == 64


def test_archives_without_end_and_bombs_are_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "MOST_NESTED_BYTES", 1000)
    deep = jar(pom("g", "deepest", "1"))
    for _ in range(6):
        deep = jar(("again.jar", deep))
    put(tmp_path, "a/deep.jar", deep)
    put(tmp_path, "a/bomb.jar", jar(("lib/large.jar", b"\0" * 100_000)))
    put(tmp_path, "a/cut.jar", jar(pom("g", "a", "1"))[:-30])
    put(tmp_path, "a/none.jar", b"")
    many = bytearray(jar(("x", "y")))
    struct.pack_into("<H", many, len(many) - 12, 0xFFFF)
    struct.pack_into("<I", many, len(many) - 10, 0x7FFFFFFF)
    put(tmp_path, "a/table.jar", bytes(many))
    found, unread = taken(tmp_path)
    assert found.packages == ()
    said = {note.path.partition("!")[0]: note.reason for note in unread}
    assert set(said) == {f"/a/{name}.jar" for name in ("deep", "bomb", "cut", "none", "table")}
    assert "within each other" in said["/a/deep.jar"] and "larger than 1000" in said["/a/bomb.jar"]


@given(st.binary(max_size=200), st.integers(0, 400))
def test_no_bytes_stop_the_reading_of_archives(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int
) -> None:
    whole = jar(pom("g", "a", "1"), ("b.jar", jar(pom("g", "b", "1"))))
    top = tmp_path_factory.getbasetemp() / "noise"
    put(top, "x.jar", whole[:place] + noise + whole[place + len(noise) :])
    taken(top)


def test_what_came_with_the_systems_package_is_that_package(tmp_path: Path) -> None:
    put(tmp_path, "var/lib/dpkg/status", "Package: python3-yaml\nStatus: install ok installed\nVersion: 6.0-3\n")
    put(tmp_path, "var/lib/dpkg/info/python3-yaml.list", "/.\n/usr/lib/python3/dist-packages/PyYAML-6.0.egg-info\n")
    put(tmp_path, "usr/lib/python3/dist-packages/PyYAML-6.0.egg-info", "Name: PyYAML\nVersion: 6.0\n")
    put(tmp_path, "opt/venv/PyYAML-5.3.dist-info/METADATA", "Name: PyYAML\nVersion: 5.3\n")
    assert purls(tmp_path) == ["pkg:deb/python3-yaml@6.0-3", "pkg:pypi/pyyaml@5.3"]
