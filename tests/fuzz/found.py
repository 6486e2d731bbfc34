"""What the fuzzers found worth keeping, one input a line: a JSON string whose characters are the bytes.

    found.py unpack TARGET FOLDER    the inputs as files, for the fuzzer to go on from
    found.py pack TARGET FOLDER      a folder of files (of libFuzzer's -merge=1) as found/TARGET.txt
"""

import hashlib
import json
import pathlib
import sys

FOUND = pathlib.Path(__file__).parent / "found"


def unpack(target, folder):
    for line in (FOUND / f"{target}.txt").read_text("ascii").splitlines():
        data = json.loads(line).encode("latin-1")
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def pack(target, folder):
    inputs = sorted(path.read_bytes() for path in folder.iterdir())
    lines = [json.dumps(data.decode("latin-1")) for data in inputs]
    (FOUND / f"{target}.txt").write_text("".join(line + "\n" for line in lines), "ascii")


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("pack", "unpack"):
        sys.exit(__doc__)
    _, verb, target, folder = sys.argv
    (pack if verb == "pack" else unpack)(target, pathlib.Path(folder))


if __name__ == "__main__":
    main()
