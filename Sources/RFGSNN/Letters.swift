import Runtime

/// A short text where it lies, compared and said without a copy: a literal, or the host's, which is valid for the
/// length of its call.
struct Letters: ExpressibleByStringLiteral, Equatable, @unchecked Sendable {
  fileprivate let start: UnsafePointer<UInt8>
  let count: Int

  init(_ text: StaticString) {
    start = text.utf8Start
    count = text.utf8CodeUnitCount
  }

  init(stringLiteral text: StaticString) { self.init(text) }

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    start = bytes.baseAddress ?? ("" as StaticString).utf8Start
    count = bytes.count
  }

  var indices: Range<Int> { 0..<count }
  subscript(index: Int) -> UInt8 { start[index] }
  subscript(range: Range<Int>) -> Letters {
    Letters(UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
  }

  static func == (a: Letters, b: Letters) -> Bool {
    if a.count != b.count { return false }
    for index in a.indices where a[index] != b[index] { return false }
    return true
  }

  /// As a C string: of literals alone, which end in a 0.
  var cString: UnsafePointer<CChar> { UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self) }

  /// Without the spaces around it.
  var trimmed: Letters {
    var (first, last) = (0, count)
    while first < last && start[first] == 0x20 { first += 1 }
    while first < last && start[last - 1] == 0x20 { last -= 1 }
    return self[first..<last]
  }

  /// What stands before the first comma, and what behind it, if there is one.
  var splitAtComma: (head: Letters, rest: Letters?) {
    for index in indices where start[index] == 0x2C { return (self[0..<index], self[index + 1..<count]) }
    return (self, nil)
  }

  /// Inside a sentence: in quotes, and not so long that it hides the rest.
  var quoted: Sentence {
    if count <= 64 { return "\"\(self)\"" }
    var end = 64
    while end > 0 && start[end] & 0xC0 == 0x80 { end -= 1 }
    return "\"\(self[0..<end])...\""
  }
}

extension Sentence.StringInterpolation {
  func appendInterpolation(_ letters: Letters) {
    appendInterpolation(utf8: UnsafeBufferPointer(start: letters.start, count: letters.count))
  }
}
