import Runtime

/// Settings by key, for networks and trainers alike; every value in it is within its range.
final class Options: HandleObject {
  static var handleKind: HandleKind { .options }

  /// In the order of the option table; nil for what must be set and is not.
  private var values = optionDefaults

  // MARK: Setting

  /// Sets a key, if the value is of its type and in its range; an int is taken for a float.
  func set(_ key: Letters, _ value: OptionValue) throws(Failure) {
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
    case (.choice(let words), .word(let word)):
      values[index] = .word(try option.known(word, among: words))
      return
    case (.choices(let words, let most), .word(let list)):
      values[index] = .words(try option.list(list, of: words, atMost: most))
      return
    case (.ints(let range, let count), .ints(let numbers)):
      if !count.contains(Int64(numbers.count)) { throw option.outOfRange("a list of \(numbers.count)") }
      for number in numbers where !range.contains(number) { throw option.outOfRange("\(number)") }
    default:
      throw Failure(.dataType, "\(key): is of type \(option.domain.name); use rfgsnn_options_set_\(option.domain.name)")
    }
    values[index] = value
  }

  /// Sets a list of `count` integers; nothing is read if the key does not take so many.
  func set(_ key: Letters, _ numbers: UnsafePointer<Int64>, count: Int64) throws(Failure) {
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

  private static func index(of key: Letters) throws(Failure) -> Int {
    for index in optionTable.indices where optionTable[index].key == key { return index }
    throw Failure(
      .unknownOption,
      "key: there is no option \(key.quoted); did you mean "
        + "\(nearest(to: key, among: optionTable.lazy.map(\.key)).quoted)?")
  }

  // MARK: Reading

  private func value(_ key: Letters) throws(Failure) -> OptionValue {
    let index = try Self.index(of: key)
    guard let value = values[index] else {
      throw Failure(
        .outOfRange,
        "\(key): must be set before a network is created; use rfgsnn_options_set_\(optionTable[index].domain.name)")
    }
    return value
  }

  func int(_ key: Letters) throws(Failure) -> Int {
    guard case .int(let number) = try value(key) else { throw Self.misread(key) }
    return Int(number)
  }

  func ints(_ key: Letters) throws(Failure) -> [Int] {
    guard case .ints(let numbers) = try value(key) else { throw Self.misread(key) }
    return numbers.map { Int($0) }
  }

  func double(_ key: Letters) throws(Failure) -> Double {
    guard case .float(let number) = try value(key) else { throw Self.misread(key) }
    return number
  }

  /// A number in single precision, which must not round it out of its range.
  func float(_ key: Letters) throws(Failure) -> Float {
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
  func word<let count: Int, Meaning>(
    _ key: Letters, _ meanings: InlineArray<count, (Letters, Meaning)>
  ) throws(Failure) -> Meaning {
    guard case .word(let word) = try value(key) else { throw Self.misread(key) }
    for index in meanings.indices where meanings[index].0 == word { return meanings[index].1 }
    throw Self.misread(key)
  }

  /// What the words of a list mean.
  func words<let count: Int, Meaning>(
    _ key: Letters, _ meanings: InlineArray<count, (Letters, Meaning)>
  ) throws(Failure) -> [Meaning] {
    guard case .words(let words) = try value(key) else { throw Self.misread(key) }
    var result: [Meaning] = []
    for word in words {
      for index in meanings.indices where meanings[index].0 == word { result.append(meanings[index].1) }
    }
    return result
  }

  /// The table and this code disagree; the tests create everything with every word, so this is for them to find.
  private static func misread(_ key: Letters) -> Failure {
    Failure(.internalFault, "\(key): the library does not know what to do with it; please report this")
  }
}

/// What every options object begins with: one array for all until they are set.
private let optionDefaults: [OptionValue?] = optionTable.map { option in
  if case .choices(let words, let most) = option.domain, case .word(let list) = option.defaultValue {
    return (try? option.list(list, of: words, atMost: most)).map { .words($0) }
  }
  return option.defaultValue
}

extension OptionDescription {
  func outOfRange(_ value: @autoclosure () -> Sentence) -> Failure {
    Failure(.outOfRange, "\(key): \(value()) is outside its range, \(rangeText)")
  }

  /// The word of the table, which stays.
  fileprivate func known(_ word: Letters, among words: [Letters]) throws(Failure) -> Letters {
    for known in words where known == word { return known }
    throw Failure(
      .outOfRange,
      "\(key): \(word.quoted) is not one of \(rangeText); did you mean \(nearest(to: word, among: words).quoted)?")
  }

  /// The words of a list with commas, and spaces if one likes, between them; none of an empty one.
  fileprivate func list(_ list: Letters, of words: [Letters], atMost most: Int) throws(Failure) -> [Letters] {
    var result: [Letters] = []
    if list.trimmed.count == 0 { return result }
    var rest: Letters? = list
    while let some = rest {
      let (word, others) = some.splitAtComma
      if result.count == most { throw outOfRange("a longer list") }
      result.append(try known(word.trimmed, among: words))
      rest = others
    }
    return result
  }
}

extension OptionDomain {
  /// Name of the type, as in rfgsnn_options_set_...
  var name: StaticString {
    switch self {
    case .int: "int"
    case .float: "float"
    case .choice, .choices: "string"
    case .ints: "ints"
    }
  }
}
