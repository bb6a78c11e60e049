/// The errors of a function: those in its description, and those that follow from its arguments.
extension FunctionDescription {
  /// In the order of the status enum.
  func allErrors(in types: TypesDescription) -> [ErrorDescription] {
    var byCode = [String: ErrorDescription]()
    for error in derivedErrors + (errors ?? []) { byCode[error.code] = error }
    let order = types.enums.first { $0.name == "rfgsnn_status" }?.cases.map(\.name) ?? []
    return order.compactMap { byCode[$0] }
  }

  private var derivedErrors: [ErrorDescription] {
    guard returnType == "rfgsnn_status" else { return [] }
    let arrays = allArguments.filter { [.array, .arrays, .arrayOut].contains($0.kind) }
    let lengths = allArguments.filter { $0.name.hasPrefix("n_") }
    var result: [ErrorDescription] = []
    func add(_ code: String, _ arguments: [ArgumentDescription], _ predicate: String) {
      if !arguments.isEmpty {
        result.append(.init(code: code, when: Text("\(list(arguments.map(\.name))) \(predicate)")))
      }
    }
    add("ERROR_NULL_POINTER", allArguments.filter { $0.isPointer && !$0.isNullable }, "is NULL.")
    let handles = allArguments.filter { $0.kind == .handle || $0.kind == .freedHandle }
    add("ERROR_INVALID_HANDLE", handles, "was freed, is of another kind or foreign.")
    add("ERROR_SHAPE", arrays + lengths, "does not fit the network.")
    add("ERROR_DTYPE", arrays, "is not of aligned float or double in CPU memory.")
    add("ERROR_NOT_FINITE", arrays.filter { $0.kind != .arrayOut }, "holds a NaN or an infinity.")
    if thread != .any { add("ERROR_BUSY", handles, "is inside another call.") }
    return result
  }
}
