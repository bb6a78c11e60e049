/// Checks that the description is consistent, so that a slip in `api/` is reported where it was made.
struct Validation {
  let description: Description
  private var faults: [String] = []

  /// Throws every fault at once, one per line.
  static func check(_ description: Description) throws {
    var validation = Validation(description: description)
    validation.checkTypes()
    validation.checkOptions()
    validation.checkFunctions()
    if !validation.faults.isEmpty {
      throw DescriptionError(validation.faults.map { "\n  " + $0 }.joined())
    }
  }

  private init(description: Description) { self.description = description }

  private var types: TypesDescription { description.types }

  private mutating func require(_ condition: Bool, _ fault: @autoclosure () -> String) {
    if !condition { faults.append(fault()) }
  }

  private mutating func requireUnique<T: Hashable>(_ names: [T], _ place: String) {
    var seen = Set<T>()
    for name in names where !seen.insert(name).inserted { faults.append("\(place): \(name) occurs twice") }
  }

  private mutating func requireSentence(_ text: Text, _ place: String) {
    let last = text.oneLine.last
    require(last == "." || last == ":", "\(place): the text must be sentences that end with a full stop")
    require(!text.oneLine.contains("*/"), "\(place): the text must not end a C comment")
  }

  private mutating func checkTypes() {
    let named =
      types.enums.map(\.name) + types.handles.map(\.name) + types.structs.map(\.name)
      + types.callbacks.map(\.name)
    requireUnique(named + description.functions.map(\.name), "names")
    for name in named { require(name.hasPrefix("rfgsnn_"), "\(name): must begin with rfgsnn_") }
    for type in types.enums {
      requireSentence(type.doc, type.name)
      requireUnique(type.cases.map(\.name), type.name)
      requireUnique(type.cases.map(\.value), type.name)
      for item in type.cases { requireSentence(item.doc, "\(type.name).\(item.name)") }
    }
    var known = Set(scalarSizes.keys)
    for type in types.structs {
      for field in type.fields {
        requireSentence(field.doc, "\(type.name).\(field.name)")
        require(
          field.type.hasSuffix(" *") || known.contains(field.type),
          "\(type.name).\(field.name): type \(field.type) is not known here")
      }
      known.insert(type.name)
    }
    requireUnique(types.dimensions.map(\.name), "dimensions")
    for key in types.exampleOptions.keys.sorted() { requireOption(key, "example_options") }
    for option in description.options where option.required == true {
      require(types.exampleOptions[option.key] != nil, "example_options: \(option.key) must be set")
    }
  }

  private mutating func requireOption(_ key: String, _ place: String) {
    require(description.options.contains { $0.key == key }, "\(place): there is no option \(key)")
  }

  private mutating func checkOptions() {
    requireUnique(description.options.map(\.key), "options")
    for option in description.options {
      let place = "option \(option.key)"
      requireSentence(option.doc, place)
      require((option.default == nil) == (option.required == true), "\(place): default or required")
      if option.type == .string {
        guard let choices = option.choices else {
          faults.append("\(place): a string needs choices")
          continue
        }
        requireUnique(choices, place)
        let known = choices + (option.maxCount == nil ? [] : [""])
        if case .string(let value)? = option.default, known.contains(value) { continue }
        faults.append("\(place): the default must be one of the choices")
      } else {
        require(option.minimum != nil, "\(place): minimum is missing")
        require(option.type != .float || option.maximum != nil, "\(place): a float needs a maximum")
        require((option.maxCount != nil) == (option.type == .ints), "\(place): max_count belongs to ints")
        switch (option.default, option.type) {
        case (nil, _): break
        case (.number(let value)?, .int), (.number(let value)?, .float): checkRange(value, option, place)
        case (.numbers(let values)?, .ints): for value in values { checkRange(value, option, place) }
        default: faults.append("\(place): the default is not of type \(option.type.rawValue)")
        }
      }
    }
  }

  private mutating func checkRange(_ value: Double, _ option: OptionDescription, _ place: String) {
    let low = option.minimum ?? -.infinity
    let high = option.maximum ?? .infinity
    let inside = option.exclusiveMinimum == true ? value > low : value >= low
    let below = option.exclusiveMaximum == true ? value < high : value <= high
    require(inside && below, "\(place): the default \(format(value)) is outside \(option.rangeText)")
    require(
      option.type == .float || Int64(exactly: value) != nil, "\(place): \(format(value)) is not an integer")
  }

  private mutating func checkFunctions() {
    let names = Set(description.functions.map(\.name))
    let codes = types.enums.first { $0.name == "rfgsnn_status" }?.cases.map(\.name) ?? []
    for function in description.functions {
      require(function.name.hasPrefix("rfgsnn_"), "\(function.name): must begin with rfgsnn_")
      requireSentence(function.summary, function.name)
      if let doc = function.doc { requireSentence(doc, function.name) }
      if let complexity = function.complexity { requireSentence(complexity, "\(function.name): complexity") }
      for error in function.errors ?? [] {
        require(codes.contains(error.code), "\(function.name): there is no status \(error.code)")
        requireSentence(error.when, "\(function.name): \(error.code)")
      }
      for name in function.after ?? [] {
        require(names.contains(name), "\(function.name): after names the unknown function \(name)")
      }
      for key in (function.needsOptions ?? [:]).keys.sorted() { requireOption(key, function.name) }
      requireUnique(function.allArguments.map(\.name), function.name)
      for argument in function.allArguments { check(argument, of: function) }
    }
  }

  private mutating func check(_ argument: ArgumentDescription, of function: FunctionDescription) {
    let place = "\(function.name): \(argument.name)"
    requireSentence(argument.doc, place)
    let dimensions = types.dimensions.map(\.name)
    let types = self.types
    let known: [String]
    switch argument.kind {
    case .handle, .newHandle, .freedHandle: known = types.handles.map(\.name)
    case .number, .numberOut: known = Array(scalarSizes.keys) + types.enums.map(\.name)
    case .numbers, .numbersOut, .viewOut: known = Array(scalarSizes.keys)
    case .callback: known = types.callbacks.map(\.name)
    default: known = []
    }
    if known.isEmpty {
      require(argument.type == nil, "\(place): kind \(argument.kind.rawValue) takes no type")
    } else {
      require(known.contains(argument.type ?? ""), "\(place): type must be one of \(known.sorted())")
    }
    let needsLength = [ArgumentKind.numbers, .numbersOut, .arrays, .viewOut].contains(argument.kind)
    require(needsLength == (argument.length != nil), "\(place): length is missing or out of place")
    if let length = argument.length, Int(length) == nil {
      require(
        function.allArguments.contains { $0.name == length }, "\(place): there is no argument \(length)")
    }
    let needsShapes = [ArgumentKind.array, .arrays, .arrayOut].contains(argument.kind)
    require(needsShapes == (argument.shapes != nil), "\(place): shapes are missing or out of place")
    for name in (argument.shapes ?? []).flatMap({ $0 }) + [argument.below, argument.is].compactMap({ $0 }) {
      require(dimensions.contains(name), "\(place): there is no dimension \(name)")
    }
    if argument.kind == .number {
      require(argument.example != nil || argument.is != nil, "\(place): a number needs an example")
    }
    if argument.kind == .string { require(argument.example != nil, "\(place): a string needs an example") }
  }
}
