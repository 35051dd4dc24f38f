import sys

from uvicorn.importer import ImportFromStringError, import_from_string

name = sys.argv[1]
try:
    app = import_from_string(name[:-2] if name.endswith("()") else name)
except ImportFromStringError as error:
    sys.exit(str(error))
if name.endswith("()"):
    app()
