import Foundation

/// Prose in the description: one string, or a list of lines that are joined again.
///
/// An empty line separates paragraphs, a line that begins with a space is kept as it is (code), and a line
/// that begins with "- " begins a list entry, which lines with two spaces continue.
struct Text: Codable {
  var lines: [String]

  init(_ text: String) { lines = [text] }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      lines = [text]
    } else {
      lines = try container.decode([String].self)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(lines)
  }

  /// The whole text on one line.
  var oneLine: String {
    lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The text broken into lines of at most `width` characters.
  func wrapped(width: Int) -> [String] {
    var result: [String] = []
    var paragraph = ""
    var hanging = ""
    func flush() {
      if !paragraph.isEmpty { result += wrap(paragraph, width: width, hanging: hanging) }
      paragraph = ""
      hanging = ""
    }
    for line in lines {
      if line.isEmpty {
        flush()
        result.append("")
      } else if line.hasPrefix("- ") {
        flush()
        paragraph = line
        hanging = "  "
      } else if line.hasPrefix(" ") && hanging.isEmpty {
        flush()
        result.append(line)
      } else {
        let words = line.trimmingCharacters(in: .whitespaces)
        paragraph += paragraph.isEmpty ? words : " " + words
      }
    }
    flush()
    return result
  }
}

/// Breaks one paragraph; every line but the first begins with `hanging`.
func wrap(_ paragraph: String, width: Int, hanging: String = "") -> [String] {
  var lines: [String] = []
  var line = ""
  for word in paragraph.split(separator: " ") {
    if line.isEmpty {
      line = String(word)
    } else if line.count + 1 + word.count <= width {
      line += " " + word
    } else {
      lines.append(line)
      line = hanging + word
    }
  }
  lines.append(line)
  return lines
}

/// A number, a word or a list of numbers in the description.
enum Literal: Codable, Equatable {
  case number(Double)
  case string(String)
  case numbers([Double])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let string = try? container.decode(String.self) {
      self = .string(string)
    } else {
      self = .numbers(try container.decode([Double].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .string(let string): try container.encode(string)
    case .numbers(let numbers): try container.encode(numbers)
    }
  }

  /// As the user reads it: lists separated by spaces.
  var text: String {
    switch self {
    case .number(let number): format(number)
    case .string(let string): string
    case .numbers(let numbers): numbers.map(format).joined(separator: " ")
    }
  }
}

/// The shortest usual spelling of a number: 1, 0.003, 1e-06.
func format(_ number: Double) -> String {
  if let integer = Int64(exactly: number), integer.magnitude <= 1_000_000_000 { return String(integer) }
  return String(number)
}

/// "a", "a or b", "a, b or c".
func list(_ names: [String], last word: String = "or") -> String {
  guard let last = names.last, names.count > 1 else { return names.first ?? "" }
  return names.dropLast().joined(separator: ", ") + " \(word) " + last
}

extension OptionDescription {
  /// The default as text; empty for an option that must be set.
  var defaultText: String { `default`?.text ?? "" }

  /// The range as text, such as "0 < x <= 1" or "adam | sgd".
  var rangeText: String {
    switch type {
    case .string:
      (choices ?? []).joined(separator: " | ") + (maxCount.map { ", up to \($0) of them with commas between" } ?? "")
    case .ints: "1 to \(maxCount ?? 1) numbers, each \(interval)"
    case .int, .float: interval
    }
  }

  private var interval: String {
    let above = exclusiveMinimum == true ? "<" : "<="
    let below = exclusiveMaximum == true ? "<" : "<="
    switch (minimum, maximum) {
    case (let low?, let high?): return "\(format(low)) \(above) x \(below) \(format(high))"
    case (let low?, nil): return "x \(exclusiveMinimum == true ? ">" : ">=") \(format(low))"
    case (nil, let high?): return "x \(below) \(format(high))"
    case (nil, nil): return "any"
    }
  }
}
