"""Exports of every kind, written as needed."""

import zipfile
from pathlib import Path

CONNECTIONS_HEADER = "First Name,Last Name,URL,Email Address,Company,Position,Connected On"
PREAMBLE = 'Notes:\n"Some addresses are left out, see ""Settings"", and ask again."\n\n'
ANN = "Ann,Lee,https://www.linkedin.com/in/ann-lee,ann@lee.example,Acme,Weaver,05 Dec 2025"
CONNECTIONS = f"{PREAMBLE}{CONNECTIONS_HEADER}\n{ANN}"


def write_zip(path: Path, files: dict[str, str | bytes]) -> Path:
    """Write a zip with these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_csv(folder: Path, content: str | bytes, name: str = "Connections.csv") -> Path:
    """Write one CSV."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
