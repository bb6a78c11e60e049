/// How the arguments of the description are spelled in C.
extension ArgumentDescription {
  /// The number, handle or element type, without pointers and const.
  var baseType: String {
    switch kind {
    case .string, .stringOut: "char"
    case .array, .arrays, .arrayOut: "rfgsnn_array"
    case .context: "void"
    default: type ?? "void"
    }
  }

  var isConst: Bool {
    switch kind {
    case .string, .stringOut, .numbers, .array, .arrays: true
    case .handle, .viewOut: const ?? false
    default: false
    }
  }

  /// Number of `*` in the C type.
  var pointerDepth: Int {
    switch kind {
    case .number, .callback: 0
    case .newHandle, .viewOut, .stringOut: 2
    default: 1
    }
  }

  /// Whether the argument is an address in the call, so that it can be NULL.
  var isPointer: Bool { kind != .number }

  /// The C type, such as `const rfgsnn_array *`.
  var cType: String {
    let base = (isConst ? "const " : "") + baseType
    return pointerDepth == 0 ? base : base + " " + String(repeating: "*", count: pointerDepth)
  }

  /// Type and name as in a prototype; a fixed length is shown as `shape[4]`.
  var cDeclaration: String {
    if kind == .numbersOut || kind == .numbers, let length, Int(length) != nil {
      return (isConst ? "const " : "") + "\(baseType) \(name)[\(length)]"
    }
    return declaration(type: cType, name: name)
  }

  /// "in" what the library reads, "out" what it writes.
  var direction: String {
    switch kind {
    case .newHandle, .numberOut, .numbersOut, .viewOut, .stringOut, .arrayOut: "out"
    default: "in"
    }
  }

  var isHandle: Bool { kind == .handle || kind == .newHandle || kind == .freedHandle }
}

func declaration(type: String, name: String) -> String {
  type.hasSuffix("*") ? type + name : type + " " + name
}

/// Size and place of each field of a struct on a machine with 64-bit pointers.
struct StructLayout {
  var size = 0
  var alignment = 1
  var offsets: [Int] = []

  init(_ description: StructDescription, in types: TypesDescription) {
    for field in description.fields {
      let (fieldSize, fieldAlignment) = Self.measure(field.type, in: types)
      size = Self.roundUp(size, to: fieldAlignment)
      offsets.append(size)
      size += fieldSize
      alignment = max(alignment, fieldAlignment)
    }
    size = Self.roundUp(size, to: alignment)
  }

  private static func measure(_ type: String, in types: TypesDescription) -> (size: Int, alignment: Int) {
    if type.hasSuffix("*") { return (8, 8) }
    if let nested = types.structs.first(where: { $0.name == type }) {
      let layout = StructLayout(nested, in: types)
      return (layout.size, layout.alignment)
    }
    let size = scalarSizes[type] ?? 0
    return (size, size)
  }

  private static func roundUp(_ value: Int, to alignment: Int) -> Int {
    (value + alignment - 1) / alignment * alignment
  }
}

/// The numbers that the interface may use, with their sizes in bytes.
let scalarSizes = [
  "uint8_t": 1, "uint16_t": 2, "int32_t": 4, "int64_t": 8, "uint64_t": 8, "float": 4, "double": 8,
]
