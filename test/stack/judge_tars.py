"""Unpacks each tar whose path is a line of standard input with GNU tar and with tarfile, and prints what each of them made of it.

One line of JSON a tar: {"gnu": {name: content}, "python": {name: content}}. The content of a file is its SHA-256; of anything else, what it is.
"""
import hashlib
import json
import os
import posixpath
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile

MAX_BYTES = 1_000_000  # a sparse file may claim to be of any size
MAX_MEMBERS = 1_000  # a size below zero sends tarfile back to the same header for ever


def by_gnu(path, scratch):
    folder = tempfile.mkdtemp(dir=scratch)
    subprocess.run(
        ["tar", "--no-same-owner", "--no-same-permissions", "-xf", path, "-C", folder],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8", "TAR_OPTIONS": ""},
        timeout=60,
    )
    found = {}
    for at, folders, files in os.walk(folder):
        for name in folders + files:
            file = os.path.join(at, name)
            state = os.lstat(file)
            if not stat.S_ISREG(state.st_mode):
                content = "folder" if stat.S_ISDIR(state.st_mode) else "no file"
            elif state.st_size > MAX_BYTES:
                content = "huge"
            else:
                os.chmod(file, 0o600)
                with open(file, "rb") as opened:
                    content = hashlib.sha256(opened.read()).hexdigest()
            found[os.path.relpath(file, folder)] = content
    shutil.rmtree(folder)
    return found


def by_python(path):
    found = {}
    try:
        with tarfile.open(path, "r:") as tar:
            for number, member in enumerate(tar):
                if number == MAX_MEMBERS:
                    break
                name = posixpath.normpath(member.name.lstrip("/"))
                try:
                    if member.isdir():
                        found[name] = "folder"
                    elif not member.isreg():
                        found[name] = "no file"
                    elif member.size > MAX_BYTES:
                        found[name] = "huge"
                    else:
                        found[name] = hashlib.sha256(tar.extractfile(member).read()).hexdigest()
                except Exception as error:
                    found[name] = type(error).__name__
    except Exception as error:
        found["."] = type(error).__name__  # what was read before the fault stays
    return found


def main():
    scratch = sys.argv[1]
    for line in sys.stdin:
        path = line.rstrip("\n")
        print(json.dumps({"gnu": by_gnu(path, scratch), "python": by_python(path)}), flush=True)


main()
