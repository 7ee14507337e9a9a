"""Debug lines: which source line an address comes from (DWARF 5 specification, section 6.2).

Read with pyelftools when first asked for. Debug information is a help, never a condition: a damaged table is no table.
"""

from __future__ import annotations

import io
import posixpath
from typing import Any

Row = tuple[str, int] | None


def line_table(image: bytes, folder: str) -> tuple[list[int], list[Row]]:
    """Sorted start addresses and the (file, line) that holds from each; None after the end of a sequence.

    Relative names are relative to `folder`, where the program lies.
    """
    if not image:
        return [], []
    from elftools.elf.elffile import ELFFile

    rows: list[tuple[int, bool, Row]] = []
    # pyelftools raises whatever its parsers meet in damaged tables (KeyError, ConstructError, AssertionError ...).
    try:
        file = ELFFile(io.BytesIO(image))
        if not file.has_dwarf_info():
            return [], []
        # A linked file's debug sections are final, even where the linker kept their relocations.
        dwarf = file.get_dwarf_info(relocate_dwarf_sections=file.header.e_type == "ET_REL")
        for unit in dwarf.iter_CUs():
            rows += _unit_rows(dwarf, unit, folder)
    except Exception:
        return [], []
    rows.sort(key=lambda row: (row[0], row[1]))
    return [address for address, _, _ in rows], [row for _, _, row in rows]


def _unit_rows(dwarf: Any, unit: Any, folder: str) -> list[tuple[int, bool, Row]]:
    program = dwarf.line_program_for_CU(unit)
    if program is None:
        return []
    names = _file_names(program, unit, folder)
    first = 0 if unit.header["version"] >= 5 else 1
    rows: list[tuple[int, bool, Row]] = []
    for entry in program.get_entries():
        state = entry.state
        if state is None:
            continue
        if state.end_sequence:
            rows.append((state.address, False, None))
        else:
            index = state.file - first
            name = names[index] if 0 <= index < len(names) else "?"
            rows.append((state.address, True, (name, state.line)))
    return rows


def _file_names(program: Any, unit: Any, folder: str) -> list[str]:
    """Full names of the unit's files."""
    header = program.header
    attributes = unit.get_top_DIE().attributes
    build_folder = attributes["DW_AT_comp_dir"].value if "DW_AT_comp_dir" in attributes else b""
    folders = list(header["include_directory"])
    if unit.header["version"] < 5:
        folders.insert(0, build_folder)
    names = []
    for entry in header["file_entry"]:
        directory = folders[entry.dir_index] if entry.dir_index < len(folders) else b""
        if entry.name.startswith(b"<"):
            names.append(entry.name.decode("utf-8", "replace"))  # text given directly has no place
            continue
        joined = posixpath.join(build_folder, directory, entry.name).decode("utf-8", "replace")
        names.append(posixpath.normpath(posixpath.join(folder, joined)))
    return names
