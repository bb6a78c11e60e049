import Runtime

/// Settings by key, for networks and trainers alike; every value in it is within its range.
final class Options: HandleObject {
  static var handleKind: HandleKind { .options }

  /// In the order of the option table; nil for what must be set and is not.
  private var values = Options.defaults
  /// One array for all objects of which nothing has been set.
  private static let defaults = optionTable.map(\.defaultValue)

  // MARK: Setting

  /// Sets a key, if the value is of its type and in its range; an int is taken for a float.
  func set(_ key: String, _ value: OptionValue) throws(Failure) {
    let index = try Self.index(of: key)
    let option = optionTable[index]
    switch (option.domain, value) {
    case (.int(let range), .int(let number)):
      if !range.contains(number) { throw option.outOfRange("\(number)") }
    case (.float(let range, let minimumExcluded, let maximumExcluded), .float(let number)):
      if !number.isFinite { throw Failure(.notFinite, "\(key): \(number) is not a finite number") }
      let excluded =
        minimumExcluded && number == range.lowerBound || maximumExcluded && number == range.upperBound
      if !range.contains(number) || excluded { throw option.outOfRange("\(number)") }
    case (.float, .int(let number)):
      return try set(key, .float(Double(number)))
    case (.choice(let words), .string(let word)):
      if !words.contains(word) {
        throw Failure(
          .outOfRange,
          "\(key): \(quoted(word)) is not one of \(option.rangeText); did you mean "
            + "\(quoted(nearest(to: word, among: words)))?")
      }
    case (.choices(let words, let most), .string(let list)):
      let given = Self.words(list)
      if given.count > most { throw option.outOfRange("a list of \(given.count)") }
      for word in given where !words.contains(word) {
        throw Failure(
          .outOfRange,
          "\(key): \(quoted(word)) is not one of \(option.rangeText); did you mean "
            + "\(quoted(nearest(to: word, among: words)))?")
      }
    case (.ints(let range, let count), .ints(let numbers)):
      if !count.contains(Int64(numbers.count)) { throw option.outOfRange("a list of \(numbers.count)") }
      for number in numbers where !range.contains(number) { throw option.outOfRange("\(number)") }
    default:
      throw Failure(.dataType, "\(key): is of type \(option.domain.name); use rfgsnn_options_set_\(option.domain.name)")
    }
    values[index] = value
  }

  /// Sets a list of `count` integers; nothing is read if the key does not take so many.
  func set(_ key: String, _ numbers: UnsafePointer<Int64>, count: Int64) throws(Failure) {
    let option = optionTable[try Self.index(of: key)]
    if case .ints(_, let counts) = option.domain {
      guard counts.contains(count), let count = Int(exactly: count) else {
        throw Failure(.outOfRange, "count: \(key) takes lists of length \(counts.lowerBound) to \(counts.upperBound)")
      }
      try set(key, .ints(Array(UnsafeBufferPointer(start: numbers, count: count))))
    } else {
      try set(key, .ints([]))
    }
  }

  private static func index(of key: String) throws(Failure) -> Int {
    if let index = optionTable.firstIndex(where: { key == "\($0.key)" }) { return index }
    let keys = optionTable.map { "\($0.key)" }
    throw Failure(
      .unknownOption, "key: there is no option \(quoted(key)); did you mean \(quoted(nearest(to: key, among: keys)))?")
  }

  // MARK: Reading

  private func value(_ key: String) throws(Failure) -> OptionValue {
    let index = try Self.index(of: key)
    guard let value = values[index] else {
      throw Failure(
        .outOfRange,
        "\(key): must be set before a network is created; use rfgsnn_options_set_\(optionTable[index].domain.name)")
    }
    return value
  }

  func int(_ key: String) throws(Failure) -> Int {
    guard case .int(let number) = try value(key) else { throw Self.misread(key) }
    return Int(number)
  }

  /// What the words of a list mean.
  func words<Meaning>(
    _ key: String, _ meanings: KeyValuePairs<String, Meaning>
  ) throws(Failure) -> [Meaning] {
    guard case .string(let list) = try value(key) else { throw Self.misread(key) }
    var result: [Meaning] = []
    for word in Self.words(list) {
      guard let meaning = meanings.first(where: { $0.key == word })?.value else { throw Self.misread(key) }
      result.append(meaning)
    }
    return result
  }

  /// The words of a list with commas, and spaces if one likes, between them; none of an empty one.
  private static func words(_ list: String) -> [String] {
    let words = list.split(separator: ",", omittingEmptySubsequences: false).map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    return words == [""] ? [] : words
  }

  func ints(_ key: String) throws(Failure) -> [Int] {
    guard case .ints(let numbers) = try value(key) else { throw Self.misread(key) }
    return numbers.map { Int($0) }
  }

  func double(_ key: String) throws(Failure) -> Double {
    guard case .float(let number) = try value(key) else { throw Self.misread(key) }
    return number
  }

  /// A number in single precision, which must not round it out of its range.
  func float(_ key: String) throws(Failure) -> Float {
    let number = Float(try double(key))
    let option = optionTable[try Self.index(of: key)]
    guard case .float(let range, let minimumExcluded, let maximumExcluded) = option.domain else {
      throw Self.misread(key)
    }
    if minimumExcluded && Double(number) <= range.lowerBound
      || maximumExcluded && Double(number) >= range.upperBound
    {
      throw option.outOfRange("\(number) (in single precision)")
    }
    return number
  }

  /// What the word of a key means.
  func word<Meaning>(
    _ key: String, _ meanings: KeyValuePairs<String, Meaning>
  ) throws(Failure) -> Meaning {
    guard case .string(let word) = try value(key) else { throw Self.misread(key) }
    for (name, meaning) in meanings where name == word { return meaning }
    throw Self.misread(key)
  }

  /// The table and this code disagree; the tests create everything with every word, so this is for them to find.
  private static func misread(_ key: String) -> Failure {
    Failure(.internalFault, "\(key): the library does not know what to do with it; please report this")
  }
}

extension OptionDescription {
  func outOfRange(_ value: String) -> Failure {
    Failure(.outOfRange, "\(key): \(value) is outside its range, \(rangeText)")
  }
}

extension OptionDomain {
  /// Name of the type, as in rfgsnn_options_set_...
  var name: String {
    switch self {
    case .int: "int"
    case .float: "float"
    case .choice, .choices: "string"
    case .ints: "ints"
    }
  }
}
