"""Reads the API description (api/generated/signatures.json) for the fuzzers.

`functions`: the functions for record.h, a line for each, with the statuses that it may return and the names that the
sentence of a refusal may say. `words`: the keys and words of options, a dictionary for libFuzzer.
"""

import json
import sys


def functions(api):
    for function in api["functions"]:
        names = " ".join(argument["name"] for argument in function["arguments"])
        statuses = ", ".join(function["errors"] + ["RFGSNN_OK"])
        yield f'FUNCTION({function["name"]}, "{names}", {statuses})'


def words(api):
    for option in api["options"]:
        yield f'"{option["key"]}="'
        for word in option.get("choices", []):
            yield f'"{option["key"]}={word}\\x0A"'


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        api = json.load(file)
    print("\n".join({"functions": functions, "words": words}[sys.argv[1]](api)))


main()
