import CSystem

/// A sentence for the person who made a call, written piece by piece into memory of the calling thread, where it is
/// read: a failing call allocates nothing.
///
/// A sentence inside another one is written where it is interpolated, so it must be made there and not before:
/// `"\(name): expected \(shape.text)"` with a `text` that returns a sentence.
package struct Sentence: ExpressibleByStringInterpolation, Sendable {
  let start: Int32

  package init(stringLiteral literal: StaticString) {
    start = rfgs_sentence_begin()
    append(literal)
  }

  package init(stringInterpolation: StringInterpolation) {
    start = stringInterpolation.start
  }

  /// The two, one after the other: for sentences of several lines.
  package static func + (first: Sentence, second: Sentence) -> Sentence { first }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate let start: Int32

    package init(literalCapacity: Int, interpolationCount: Int) {
      start = rfgs_sentence_begin()
    }

    package func appendLiteral(_ literal: StaticString) { append(literal) }
    package func appendInterpolation(_ text: StaticString) { append(text) }
    package func appendInterpolation(_ text: String) { append(text) }
    package func appendInterpolation(utf8: UnsafeBufferPointer<UInt8>) {
      utf8.withMemoryRebound(to: CChar.self) { rfgs_sentence_append($0.baseAddress, $0.count) }
    }
    package func appendInterpolation(_ integer: some FixedWidthInteger) {
      rfgs_sentence_append_integer(Int64(clamping: integer))
    }
    package func appendInterpolation(_ number: Double) { rfgs_sentence_append_double(number) }
    package func appendInterpolation(_ number: Float) { rfgs_sentence_append_float(number) }
    /// Has been written where it was made.
    package func appendInterpolation(_ part: Sentence) {}
  }
}

private func append(_ text: StaticString) {
  text.withUTF8Buffer { utf8 in
    utf8.withMemoryRebound(to: CChar.self) { rfgs_sentence_append($0.baseAddress, $0.count) }
  }
}

private func append(_ text: String) {
  var text = text
  text.withUTF8 { utf8 in
    utf8.withMemoryRebound(to: CChar.self) { rfgs_sentence_append($0.baseAddress, $0.count) }
  }
}
