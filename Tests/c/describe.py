"""Writes the API description (api/generated/signatures.json) as the C tables that conformance.c reads.

It knows what a description looks like, but no function by name: what it does not understand is an error, so
that nothing that is described can stay untested.
"""

import json
import sys

FFI = {"sint32", "uint32", "sint64", "double", "float", "pointer"}
KINDS = {
    "handle", "new_handle", "freed_handle", "number", "number_out", "numbers", "numbers_out", "view_out",
    "string", "string_out", "array", "arrays", "array_out", "callback", "context",
}
KNOWN = {
    "name", "kind", "c_type", "base_type", "ffi", "direction", "nullable", "null_with", "length", "shapes",
    "minimum", "maximum", "below", "is", "choices", "example",
}


def text(value):
    return json.dumps(value) if value is not None else "NULL"


def texts(values):
    return "(const char *const[]){" + ", ".join([text(v) for v in values] + ["NULL"]) + "}"


def number(value):
    return repr(float(value))


def flag(value):
    return "true" if value else "false"


def option(entry):
    """An option set to a value, as words for the typed setter."""
    value = entry["value"]
    words = " ".join(str(v) for v in value) if isinstance(value, list) else str(value)
    return f"{{{text(entry['key'])}, {text(entry['type'])}, {text(words)}}}"


class Description:
    def __init__(self, api):
        self.api = api
        self.enums = {enum["name"] for enum in api["enums"]}
        self.dimensions = api["dimensions"]
        self.option_keys = {entry["key"] for entry in api["options"]}

    def write(self):
        self.write_enums()
        self.write_structs()
        self.write_callbacks()
        self.write_handles()
        self.write_options()
        for function in self.api["functions"]:
            self.write_arguments(function)
        print("const function functions[] = {")
        for function in self.api["functions"]:
            self.write_function(function)
        print("};")
        print("const int function_count = sizeof functions / sizeof *functions;")

    def write_enums(self):
        print("const named statuses[] = {")
        for enum in self.api["enums"]:
            if enum["name"] == "rfgsnn_status":
                for case in enum["cases"]:
                    print(f"  {{{text(case['name'])}, {case['value']}}},")
        print("  {NULL, 0}};")

    def write_structs(self):
        """The layout in the description is that of the compiler."""
        for struct in self.api["structs"]:
            name = struct["name"]
            claims = [("size", f"sizeof({name})", struct["size"])]
            claims += [(f["name"], f"offsetof({name}, {f['name']})", f["offset"]) for f in struct["fields"]]
            for label, left, right in claims:
                print(f"typedef char {name}_{label}_is_as_described[{left} == {right} ? 1 : -1];")

    def write_callbacks(self):
        print("const callback callbacks[] = {")
        for entry in self.api["callbacks"]:
            types = "".join(f"&ffi_type_{self.ffi(a)}, " for a in entry["arguments"])
            context = [a["name"] for a in entry["arguments"]].index("context")
            count = len(entry["arguments"])
            print(f"  {{{text(entry['name'])}, &ffi_type_{self.ffi(entry)}, {count},")
            print(f"   (ffi_type *[]){{{types}NULL}}, {context}}},")
        print("  {NULL, NULL, 0, NULL, 0}};")

    def write_handles(self):
        print("const handle_kind handle_kinds[] = {")
        for entry in self.api["handles"]:
            functions = text(entry["created_by"][0]) + ", " + text(entry["freed_by"][0])
            print(f"  {{{text(entry['name'])}, {functions}}},")
        print("  {NULL, NULL, NULL}};")

    def write_options(self):
        print("const setting example_options[] = {")
        for entry in self.api["example_options"]:
            print(f"  {option(entry)},")
        print("  {NULL, NULL, NULL}};")
        print("const option options[] = {")
        for entry in self.api["options"]:
            print(
                f"  {{{text(entry['key'])}, {text(entry['type'])}, {text(entry['default_text'])}, "
                f"{text(entry['range_text'])},\n   "
                f"{flag('minimum' in entry)}, {number(entry.get('minimum', 0))}, "
                f"{flag(entry.get('exclusive_minimum'))}, "
                f"{flag('maximum' in entry)}, {number(entry.get('maximum', 0))}, "
                f"{flag(entry.get('exclusive_maximum'))},\n   {texts(entry.get('choices', []))}}},")
        print("};")
        print("const int option_table_count = sizeof options / sizeof *options;")

    def ffi(self, entry):
        if entry["ffi"] not in FFI:
            sys.exit(f"describe.py: {entry['name']}: no libffi type {entry['ffi']}")
        return entry["ffi"]

    def size(self, argument):
        base = argument["base_type"]
        sizes = {"int32_t": 4, "int64_t": 8, "float": 4, "double": 8, "char": 1, "void": 1}
        return 4 if base in self.enums else sizes.get(base, 0)

    def write_arguments(self, function):
        names = [a["name"] for a in function["arguments"]]
        print(f"static const argument {function['name']}_arguments[] = {{")
        for argument in function["arguments"]:
            unknown = set(argument) - KNOWN
            if unknown or argument["kind"] not in KINDS:
                what = unknown or argument["kind"]
                sys.exit(f"describe.py: {function['name']}: {argument['name']}: what is {what}?")
            length = argument.get("length", "")
            limits = dict(argument)
            if "below" in argument:
                limits["maximum"] = self.dimensions[argument["below"]] - 1
            if "is" in argument and "minimum" not in argument and "maximum" not in argument:
                limits["minimum"] = limits["maximum"] = self.dimensions[argument["is"]]
            example = argument.get("example", 0)
            shapes = [[self.dimensions[d] for d in shape] for shape in argument.get("shapes", [])]
            shape_texts = ["{%d, {%s}}" % (len(s), ", ".join(map(str, s))) for s in shapes]
            is_text = isinstance(example, str)
            is_list = isinstance(example, list)
            print(f"  {{.name = {text(argument['name'])}, .kind = KIND_{argument['kind'].upper()},")
            print(f"   .type = {text(argument['base_type'])}, .ffi = &ffi_type_{self.ffi(argument)},")
            print(f"   .is_const = {flag(argument['c_type'].startswith('const'))},")
            print(f"   .element_size = {self.size(argument)},")
            print(f"   .nullable = {flag(argument.get('nullable'))},")
            partner = names.index(argument["null_with"]) if "null_with" in argument else -1
            print(f"   .null_with = {partner},")
            print(f"   .length_argument = {names.index(length) if length in names else -1},")
            print(f"   .length = {length if length.isdigit() else 1},")
            for limit in ("minimum", "maximum"):
                bound = number(limits.get(limit, 0))
                print(f"   .has_{limit} = {flag(limit in limits)}, .{limit} = {bound},")
            print(f"   .example = {number(0 if is_text or is_list else example)},")
            print(f"   .example_text = {text(example if is_text else None)},")
            print(f"   .is_option_key = {flag(is_text and example in self.option_keys)},")
            list_text = ", ".join(map(str, example)) if is_list else "0"
            print(f"   .example_list = {{{list_text}}},")
            print(f"   .example_list_length = {len(example) if is_list else 0},")
            print(f"   .choices = {texts(argument.get('choices', []))},")
            shape_list = ", ".join(shape_texts) or "{0, {0}}"
            print(f"   .shape_count = {len(shapes)}, .shapes = {{{shape_list}}}}},")
        print("  {.name = NULL}};")

    def write_function(self, function):
        errors = {case["name"]: case["value"] for enum in self.api["enums"] for case in enum["cases"]}
        codes = ", ".join([str(errors[name]) for name in function["errors"]] + ["0"])
        needs = ", ".join([option(o) for o in function["needs_options"]] + ["{NULL, NULL, NULL}"])
        print(f"  {{{text(function['name'])}, {text(function['returns'])}, &ffi_type_{self.ffi(function)},")
        print(f"   {len(function['arguments'])}, {function['name']}_arguments, (const int[]){{{codes}}},")
        print(f"   {texts(function['after'])}, (const setting[]){{{needs}}}}},")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        Description(json.load(file)).write()


main()
