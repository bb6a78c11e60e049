/// Writes the option keys as a Swift table for the C layer.
struct OptionTableWriter {
  let description: Description

  func write() -> String {
    var lines = [
      "// \(generatedNotice)",
      "",
      "/// Who reads an option: the creation of networks, of trainers, or both.",
      "enum OptionScope: Sendable {",
      "  case network, trainer, both",
      "}",
      "",
      "/// The value of an option. Words, and lists of them, are values of type string.",
      "enum OptionValue: Sendable, Equatable {",
      "  case int(Int64)",
      "  case float(Double)",
      "  case word(Letters)",
      "  case words([Letters])",
      "  case ints([Int64])",
      "}",
      "",
      "/// The values that an option takes, and with them its type.",
      "enum OptionDomain: Sendable {",
      "  case int(ClosedRange<Int64>)",
      "  /// Both bounds are finite; an excluded bound is not itself a value.",
      "  case float(ClosedRange<Double>, minimumExcluded: Bool, maximumExcluded: Bool)",
      "  case choice([Letters])",
      "  /// A string of words with commas between.",
      "  case choices([Letters], atMost: Int)",
      "  case ints(ClosedRange<Int64>, count: ClosedRange<Int64>)",
      "}",
      "",
      "/// One option key.",
      "struct OptionDescription: Sendable {",
      "  let key: Letters",
      "  let scope: OptionScope",
      "  let domain: OptionDomain",
      "  /// nil: the option must be set.",
      "  let defaultValue: OptionValue?",
      "  /// The default as text, empty for an option that must be set.",
      "  let defaultText: StaticString",
      "  /// The range as text, such as \"0 < x <= 1\" or \"adam | sgd\".",
      "  let rangeText: StaticString",
      "  let doc: StaticString",
      "}",
      "",
      "/// Every option key, in the order of rfgsnn_option_describe.",
      "let optionTable: [OptionDescription] = [",
    ]
    for option in description.options { lines += entry(option) }
    return (lines + ["]", ""]).joined(separator: "\n")
  }

  private func entry(_ option: OptionDescription) -> [String] {
    var lines = [
      "  OptionDescription(",
      "    key: \(quoted(option.key)),",
      "    scope: .\(option.scope.rawValue),",
    ]
    lines += domain(option).map { "    " + $0 }
    lines += [
      "    defaultValue: \(defaultValue(option)),",
      "    defaultText: \(quoted(option.defaultText)),",
    ]
    let range = "    rangeText: \(quoted(option.rangeText)),"
    lines += range.count <= 120 ? [range] : ["    rangeText: \"\"\""] + paragraph(option.rangeText) + ["      \"\"\","]
    return lines + ["    doc: \"\"\""] + paragraph(option.doc.oneLine) + ["      \"\"\"),"]
  }

  /// The lines of a string literal, none of which ends a line of the text.
  private func paragraph(_ text: String) -> [String] {
    let lines = wrap(escaped(text), width: 100)
    return lines.enumerated().map { index, line in "      \(line)" + (index + 1 < lines.count ? " \\" : "") }
  }

  private func domain(_ option: OptionDescription) -> [String] {
    switch option.type {
    case .int: ["domain: .int(\(integers(option))),"]
    case .ints: ["domain: .ints(\(integers(option)), count: 1...\(option.maxCount ?? 1)),"]
    case .string: choices((option.choices ?? []).map(quoted), option.maxCount)
    case .float:
      [
        "domain: .float(\(option.minimum ?? 0)...\(option.maximum ?? 0), minimumExcluded: "
          + "\(option.exclusiveMinimum ?? false), maximumExcluded: \(option.exclusiveMaximum ?? false)),"
      ]
    }
  }

  /// In one line if they fit.
  private func choices(_ words: [String], _ most: Int?) -> [String] {
    let lines = words.map { "  \($0)," }
    let list = "[\(words.joined(separator: ", "))]"
    guard let most else {
      let line = "domain: .choice(\(list)),"
      return line.count <= 104 ? [line] : ["domain: .choice(["] + lines + ["]),"]
    }
    let line = "domain: .choices(\(list), atMost: \(most)),"
    return line.count <= 104
      ? [line] : ["domain: .choices(", "  ["] + lines.map { "  " + $0 } + ["  ], atMost: \(most)),"]
  }

  private func integers(_ option: OptionDescription) -> String {
    "\(grouped(option.minimum ?? 0))..." + (option.maximum.map(grouped) ?? "Int64.max")
  }

  /// An integer with its digits in groups of three, as Swift is written: 1_000_000.
  private func grouped(_ number: Double) -> String {
    let digits = String(Int64(number))
    guard digits.count >= 7 else { return digits }
    return digits.enumerated().map { index, digit in
      (index > 0 && (digits.count - index) % 3 == 0 ? "_" : "") + String(digit)
    }.joined()
  }

  private func defaultValue(_ option: OptionDescription) -> String {
    switch option.default {
    case nil: "nil"
    case .number(let number) where option.type == .int: ".int(\(Int64(number)))"
    case .number(let number): ".float(\(number))"
    case .string(let string): ".word(\(quoted(string)))"
    case .numbers(let numbers): ".ints([\(numbers.map(format).joined(separator: ", "))])"
    }
  }

  private func escaped(_ text: String) -> String { text.replacing("\\", with: "\\\\") }

  private func quoted(_ text: String) -> String {
    "\"" + escaped(text).replacing("\"", with: "\\\"") + "\""
  }
}
