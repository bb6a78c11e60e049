/// Writes the interface for machines: enough for a test to call every function, rightly and wrongly, knowing
/// nothing else of it.
struct SignatureWriter {
  let description: Description

  private var types: TypesDescription { description.types }

  func write() -> String {
    let abi = description.library.abi
    let json = JSON.object([
      ("_comment", .string(generatedNotice)),
      ("version", .string(description.library.version)),
      ("abi", .object([("major", .integer(abi.major)), ("minor", .integer(abi.minor))])),
      ("symbol_version", .string("RFGSNN_\(abi.major).\(abi.minor)")),
      ("enums", .array(types.enums.map(enumeration))),
      ("structs", .array(types.structs.map(structure))),
      ("callbacks", .array(types.callbacks.map(callback))),
      ("handles", .array(types.handles.map(handle))),
      ("dimensions", .object(types.dimensions.map { ($0.name, .integer(example($0))) })),
      ("example_options", .array(exampleOptions(types.exampleOptions))),
      ("options", .array(description.options.map(option))),
      ("functions", .array(description.functions.map(function))),
    ])
    return json.text() + "\n"
  }

  private func enumeration(_ type: EnumDescription) -> JSON {
    let cases = type.cases.map {
      JSON.object([("name", .string(type.prefix + $0.name)), ("value", .integer($0.value))])
    }
    return .object([("name", .string(type.name)), ("size", .integer(4)), ("cases", .array(cases))])
  }

  private func structure(_ type: StructDescription) -> JSON {
    let layout = StructLayout(type, in: types)
    let fields = zip(type.fields, layout.offsets).map {
      JSON.object([
        ("name", .string($0.name)), ("type", .string($0.type)), ("offset", .integer($1)),
      ])
    }
    return .object([
      ("name", .string(type.name)), ("size", .integer(layout.size)),
      ("alignment", .integer(layout.alignment)), ("fields", .array(fields)),
    ])
  }

  private func callback(_ type: CallbackDescription) -> JSON {
    let arguments = type.arguments.map {
      JSON.object([
        ("name", .string($0.name)), ("c_type", .string($0.type)), ("ffi", .string(ffiType($0.type))),
      ])
    }
    return .object([
      ("name", .string(type.name)), ("returns", .string(type.returns)),
      ("ffi", .string(ffiType(type.returns))), ("arguments", .array(arguments)),
    ])
  }

  private func handle(_ type: HandleDescription) -> JSON {
    func functions(_ kind: ArgumentKind) -> [String] {
      description.functions
        .filter { $0.allArguments.contains { $0.kind == kind && $0.type == type.name } }.map(\.name)
    }
    return .object([
      ("name", .string(type.name)), ("created_by", .strings(functions(.newHandle))),
      ("freed_by", .strings(functions(.freedHandle))),
    ])
  }

  private func exampleOptions(_ options: [String: Literal]) -> [JSON] {
    description.options.compactMap { option in
      options[option.key].map {
        .object([
          ("key", .string(option.key)), ("type", .string(option.type.rawValue)), ("value", JSON($0)),
        ])
      }
    }
  }

  private func option(_ option: OptionDescription) -> JSON {
    var pairs: [(key: String, value: JSON)] = [
      ("key", .string(option.key)), ("scope", .string(option.scope.rawValue)),
      ("type", .string(option.type.rawValue)), ("required", .bool(option.required ?? false)),
      ("default_text", .string(option.defaultText)), ("range_text", .string(option.rangeText)),
    ]
    if let minimum = option.minimum {
      pairs += [
        ("minimum", .number(minimum)), ("exclusive_minimum", .bool(option.exclusiveMinimum ?? false)),
      ]
    }
    if let maximum = option.maximum {
      pairs += [
        ("maximum", .number(maximum)), ("exclusive_maximum", .bool(option.exclusiveMaximum ?? false)),
      ]
    }
    if let choices = option.choices { pairs.append(("choices", .strings(choices))) }
    return .object(pairs)
  }

  private func function(_ function: FunctionDescription) -> JSON {
    .object([
      ("name", .string(function.name)),
      ("returns", .string(function.returnType)),
      ("ffi", .string(ffiType(function.returnType))),
      ("thread", .string(function.thread.rawValue)),
      ("after", .strings(function.after ?? [])),
      ("needs_options", .array(exampleOptions(function.needsOptions ?? [:]))),
      ("errors", .strings(function.allErrors(in: types).map { "RFGSNN_" + $0.code })),
      ("arguments", .array(function.allArguments.map { argument($0, of: function) })),
    ])
  }

  private func argument(_ argument: ArgumentDescription, of function: FunctionDescription) -> JSON {
    var pairs: [(key: String, value: JSON)] = [
      ("name", .string(argument.name)),
      ("kind", .string(argument.kind.rawValue)),
      ("c_type", .string(argument.cType)),
      ("base_type", .string(argument.baseType)),
      ("ffi", .string(argument.isPointer ? "pointer" : ffiType(argument.baseType))),
      ("direction", .string(argument.direction)),
    ]
    if argument.isPointer { pairs.append(("nullable", .bool(argument.isNullable))) }
    if let other = argument.nullWith { pairs.append(("null_with", .string(other))) }
    if let length = argument.length { pairs.append(("length", .string(length))) }
    if let shapes = argument.shapes { pairs.append(("shapes", .array(shapes.map(JSON.strings)))) }
    if let minimum = argument.minimum { pairs.append(("minimum", .number(minimum))) }
    if let maximum = argument.maximum { pairs.append(("maximum", .number(maximum))) }
    if let below = argument.below { pairs.append(("below", .string(below))) }
    if let dimension = argument.is { pairs.append(("is", .string(dimension))) }
    if let choices = argument.choices { pairs.append(("choices", .strings(choices))) }
    if let example = argument.example {
      pairs.append(("example", JSON(example)))
    } else if let dimension = types.dimensions.first(where: { $0.name == argument.is }) {
      pairs.append(("example", .integer(example(dimension))))
    }
    return .object(pairs)
  }

  private func example(_ dimension: DimensionDescription) -> Int {
    dimension.example ?? description.options.count
  }

  /// The libffi type by which a C type is passed; enums are passed as C passes them, in 32 bits.
  private func ffiType(_ type: String) -> String {
    if type.hasSuffix("*") { return "pointer" }
    if let enumeration = types.enums.first(where: { $0.name == type }) {
      return enumeration.cases.contains { $0.value < 0 } ? "sint32" : "uint32"
    }
    return ["int32_t": "sint32", "int64_t": "sint64", "double": "double", "float": "float"][type] ?? type
  }
}
