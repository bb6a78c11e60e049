"""Writes the functions of the API description (api/generated/signatures.json) for record.h: a line for each, with
the statuses that it may return and the names that the sentence of a refusal may say."""

import json
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        api = json.load(file)
    for function in api["functions"]:
        names = " ".join(argument["name"] for argument in function["arguments"])
        statuses = ", ".join(function["errors"] + ["RFGSNN_OK"])
        print(f'FUNCTION({function["name"]}, "{names}", {statuses})')


main()
