import Foundation

/// Writes the ctypes declarations of the Python package.
struct CtypesWriter {
  let description: Description

  private var types: TypesDescription { description.types }

  func write() -> String {
    var lines = wrap(generatedNotice, width: 86).map { "# \($0)" }
    lines += [
      "\"\"\"The C interface of librfgsnn for ctypes.\"\"\"", "",
      "from __future__ import annotations", "",
    ]
    lines += imports + ["from enum import IntEnum", "from typing import Any", ""]
    let abi = description.library.abi
    lines += ["ABI_MAJOR = \(abi.major)", "ABI_MINOR = \(abi.minor)", "", ""]
    for type in types.enums { lines += enumeration(type) }
    for type in types.structs { lines += structure(type) }
    for type in types.callbacks { lines += callback(type) }
    lines += table
    lines += [
      "",
      "def declare(library: CDLL) -> None:",
      "    \"\"\"Give every function of the library its result and argument types.\"\"\"",
      "    for name, result, arguments in SIGNATURES:",
      "        function = getattr(library, name)",
      "        function.restype = result",
      "        function.argtypes = list(arguments)",
      "",
    ]
    return lines.joined(separator: "\n")
  }

  private var imports: [String] {
    let names = [
      "CDLL", "CFUNCTYPE", "POINTER", "Structure", "c_char_p", "c_double", "c_float", "c_int", "c_int32",
      "c_int64", "c_uint8", "c_uint16", "c_uint64", "c_void_p",
    ]
    return ["from ctypes import ("] + names.map { "    \($0)," } + [")"]
  }

  private func enumeration(_ type: EnumDescription) -> [String] {
    var lines = ["class \(pythonName(type.name))(IntEnum):"] + docstring(type.doc) + [""]
    for item in type.cases {
      lines += wrap(item.doc.oneLine, width: 81).map { "    #: \($0)" }
      lines.append("    \(item.name) = \(item.value)")
    }
    return lines + ["", ""]
  }

  private func structure(_ type: StructDescription) -> [String] {
    var lines = ["class \(pythonName(type.name))(Structure):"] + docstring(type.doc) + [""]
    lines.append("    _fields_ = [")
    for field in type.fields {
      lines += wrap(field.doc.oneLine, width: 77).map { "        #: \($0)" }
      lines.append("        (\"\(field.name)\", \(ctype(field.type))),")
    }
    return lines + ["    ]", "", ""]
  }

  private func callback(_ type: CallbackDescription) -> [String] {
    var lines = wrap(type.doc.oneLine, width: 85).map { "#: \($0)" }
    lines.append("\(pythonName(type.name)) = CFUNCTYPE(")
    lines.append("    \(ctype(type.returns)),")
    lines += type.arguments.map { "    \(ctype($0.type)),  # \($0.name)" }
    return lines + [")", ""]
  }

  private var table: [String] {
    var lines = [
      "#: Name, result type and argument types of every function.",
      "SIGNATURES: tuple[tuple[str, Any, tuple[Any, ...]], ...] = (",
    ]
    for function in description.functions {
      lines += ["    (", "        \"\(function.name)\",", "        \(ctype(function.returnType)),"]
      let arguments = function.allArguments
      switch arguments.count {
      case 0: lines.append("        (),")
      case 1: lines.append("        (\(ctype(arguments[0].cType)),),  # \(arguments[0].name)")
      default:
        lines.append("        (")
        lines += arguments.map { "            \(ctype($0.cType)),  # \($0.name)" }
        lines.append("        ),")
      }
      lines.append("    ),")
    }
    return lines + [")", ""]
  }

  private func docstring(_ text: Text) -> [String] {
    let lines = wrap(text.oneLine, width: 78)
    if lines.count == 1 { return ["    \"\"\"\(lines[0])\"\"\""] }
    let sentences = text.oneLine.split(separator: ". ", maxSplits: 1).map(String.init)
    return ["    \"\"\"\(sentences[0]).", ""]
      + wrap(sentences.dropFirst().joined(), width: 84).map { "    \($0)" } + ["    \"\"\""]
  }

  /// `rfgsnn_option_type` is `OptionType` in Python.
  private func pythonName(_ name: String) -> String {
    name.split(separator: "_").dropFirst().map(\.capitalized).joined()
  }

  /// The ctypes spelling of a C type. Handles are opaque addresses, read-only or not.
  private func ctype(_ type: String) -> String {
    let name = type.replacing("const ", with: "").trimmingCharacters(in: .whitespaces)
    if name.hasSuffix("*") {
      let target = String(name.dropLast()).trimmingCharacters(in: .whitespaces)
      if target == "char" { return "c_char_p" }
      if target == "void" || types.handles.contains(where: { $0.name == target }) { return "c_void_p" }
      return "POINTER(\(ctype(target)))"
    }
    if types.enums.contains(where: { $0.name == name }) { return "c_int" }
    if scalarSizes[name] != nil { return "c_" + name.replacing("_t", with: "") }
    return pythonName(name)
  }
}
