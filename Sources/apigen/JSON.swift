/// A JSON value that keeps the order of its keys and fits short values on one line.
indirect enum JSON {
  case object([(key: String, value: JSON)])
  case array([JSON])
  case string(String)
  case number(Double)
  case bool(Bool)

  static func integer(_ value: Int) -> JSON { .number(Double(value)) }
  static func strings(_ values: [String]) -> JSON { .array(values.map { .string($0) }) }

  init(_ literal: Literal) {
    switch literal {
    case .number(let number): self = .number(number)
    case .string(let string): self = .string(string)
    case .numbers(let numbers): self = .array(numbers.map { .number($0) })
    }
  }

  /// The value as text; objects and arrays longer than `width` characters are broken over lines.
  func text(width: Int = 140, indentation: String = "") -> String {
    let line = compact
    if indentation.count + line.count <= width { return line }
    let inner = indentation + "  "
    let items: [String]
    switch self {
    case .object(let pairs):
      items = pairs.map { "\(quoted($0.key)): " + $0.value.text(width: width, indentation: inner) }
    case .array(let values): items = values.map { $0.text(width: width, indentation: inner) }
    default: return line
    }
    let (open, close) = (String(line.prefix(1)), String(line.suffix(1)))
    return "\(open)\n\(inner)" + items.joined(separator: ",\n\(inner)") + "\n\(indentation)\(close)"
  }

  private var compact: String {
    switch self {
    case .object(let pairs):
      "{" + pairs.map { "\(quoted($0.key)): \($0.value.compact)" }.joined(separator: ", ") + "}"
    case .array(let values): "[" + values.map(\.compact).joined(separator: ", ") + "]"
    case .string(let string): quoted(string)
    case .number(let number): format(number)
    case .bool(let bool): String(bool)
    }
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
