/// Writes `include/rfgsnn.h`, which is meant to be read as the manual of the C interface.
struct HeaderWriter {
  let description: Description
  private let width = 108

  func write() -> String {
    let library = description.library
    var lines = ["/* \(generatedNotice) */", "/**"]
    lines += ["@file rfgsnn.h", "@brief rfgsnn \(library.version), the C interface.", ""].map(commentLine)
    lines += library.overview.wrapped(width: width - 3).map(commentLine)
    lines += [
      " */", "#ifndef RFGSNN_H", "#define RFGSNN_H", "", "#include <stdint.h>", "",
      "#ifdef __cplusplus", "extern \"C\" {", "#endif", "",
      "/** Version of the binary interface that this header describes; see rfgsnn_require_abi. */",
      "#define RFGSNN_ABI_MAJOR \(library.abi.major)", "#define RFGSNN_ABI_MINOR \(library.abi.minor)",
      "/** Version of the library that this header came with. */",
      "#define RFGSNN_VERSION \"\(library.version)\"", "",
    ]
    lines += section("Types", nil)
    for type in description.types.enums { lines += enumeration(type) }
    for type in description.types.structs { lines += structure(type) }
    for handle in description.types.handles {
      lines += comment(handle.doc.wrapped(width: width - 3))
      lines += ["typedef struct \(handle.name) \(handle.name);", ""]
    }
    for callback in description.types.callbacks { lines += function(pointer: callback) }
    for part in description.sections {
      lines += section(part.title, part.doc)
      for function in part.functions { lines += prototype(function) }
    }
    lines += ["#ifdef __cplusplus", "}", "#endif", "", "#endif", ""]
    return lines.joined(separator: "\n")
  }

  private func section(_ title: String, _ doc: Text?) -> [String] {
    let rule = "/* " + String(repeating: "=", count: width - 6) + " */"
    var lines = [rule, "/* " + title]
    for line in doc.map({ [""] + $0.wrapped(width: width - 6) }) ?? [] { lines.append(commentLine(line)) }
    lines[lines.count - 1] += " */"
    return lines + [rule, ""]
  }

  private func enumeration(_ type: EnumDescription) -> [String] {
    var lines = comment(type.doc.wrapped(width: width - 3)) + ["typedef enum \(type.name) {"]
    for (index, item) in type.cases.enumerated() {
      let comma = index + 1 < type.cases.count ? "," : ""
      lines += comment(item.doc.wrapped(width: width - 5)).map { "  " + $0 }
      lines.append("  \(type.prefix)\(item.name) = \(item.value)\(comma)")
    }
    return lines + ["} \(type.name);", ""]
  }

  private func structure(_ type: StructDescription) -> [String] {
    var lines = comment(type.doc.wrapped(width: width - 3)) + ["typedef struct \(type.name) {"]
    for field in type.fields {
      lines += comment(field.doc.wrapped(width: width - 5)).map { "  " + $0 }
      lines.append("  \(declaration(type: field.type, name: field.name));")
    }
    return lines + ["} \(type.name);", ""]
  }

  private func function(pointer type: CallbackDescription) -> [String] {
    var text = type.doc.wrapped(width: width - 3) + [""]
    for argument in type.arguments { text += parameter("@param[in] \(argument.name)", argument.doc.oneLine) }
    let arguments = type.arguments.map { declaration(type: $0.type, name: $0.name) }
    return comment(text)
      + call("typedef \(type.returns) (*\(type.name))(", arguments) + [""]
  }

  private func prototype(_ function: FunctionDescription) -> [String] {
    var text = function.summary.wrapped(width: width - 3)
    if let doc = function.doc { text += [""] + doc.wrapped(width: width - 3) }
    text.append("")
    for argument in function.allArguments {
      text += parameter("@param[\(argument.direction)] \(argument.name)", argument.manual)
    }
    text += results(function)
    text.append("@par Threads: \(function.thread.rawValue)")
    if let complexity = function.complexity {
      text += parameter("@par Complexity:", complexity.oneLine)
    }
    text.append("@since 1.0")
    let arguments = function.allArguments.map(\.cDeclaration)
    let start = declaration(type: function.returnType, name: function.name) + "("
    return comment(text) + call(start, arguments.isEmpty ? ["void"] : arguments) + [""]
  }

  private func results(_ function: FunctionDescription) -> [String] {
    let errors = function.allErrors(in: description.types)
    if errors.isEmpty {
      return parameter("@return", function.returns?.doc.oneLine ?? "RFGSNN_OK.")
    }
    var lines = parameter("@return", function.returns?.doc.oneLine ?? "RFGSNN_OK, or")
    for error in errors { lines += parameter("  - RFGSNN_\(error.code):", error.when.oneLine) }
    return lines
  }

  private func parameter(_ head: String, _ text: String) -> [String] {
    let indentation = head.hasPrefix(" ") ? "    " : "  "
    let leading = head.prefix { $0 == " " }
    return wrap("\(head) \(text)", width: width - 3 - leading.count, hanging: indentation)
      .enumerated().map { $0.offset == 0 ? leading + $0.element : $0.element }
  }

  private func comment(_ text: [String]) -> [String] {
    text.count == 1 ? ["/** \(text[0]) */"] : ["/**"] + text.map(commentLine) + [" */"]
  }

  private func commentLine(_ line: String) -> String { line.isEmpty ? " *" : " * " + line }

  /// A prototype on one line, or broken between arguments.
  private func call(_ start: String, _ arguments: [String]) -> [String] {
    let whole = start + arguments.joined(separator: ", ") + ");"
    if whole.count <= width { return [whole] }
    var lines = [start]
    for (index, argument) in arguments.enumerated() {
      let item = argument + (index + 1 < arguments.count ? "," : ");")
      if let last = lines.last, index > 0, last.count + 1 + item.count <= width {
        lines[lines.count - 1] = last + " " + item
      } else {
        lines.append("    " + item)
      }
    }
    return lines
  }
}

extension ArgumentDescription {
  /// The argument's comment: its meaning, then the length, the shapes and whether it may be NULL.
  var manual: String {
    var facts: [String] = []
    if let shapes {
      let text = list(shapes.map { "[" + $0.joined(separator: ", ") + "]" })
      facts.append(kind == .arrays ? "array of \(length ?? "1") arrays of shape \(text)" : "shape \(text)")
      if let operators { facts.append("for operator networks \(operators.oneLine)") }
    } else if let length, kind != .viewOut {
      facts.append("length \(length)")
    }
    if isNullable && !doc.oneLine.contains("NULL") { facts.append("may be NULL") }
    if facts.isEmpty { return doc.oneLine }
    let sentence = facts.joined(separator: "; ")
    return "\(doc.oneLine) \(sentence.prefix(1).uppercased())\(sentence.dropFirst())."
  }
}

let generatedNotice = "Generated from api/ by apigen. Do not edit: change api/ and run `swift run apigen`."
