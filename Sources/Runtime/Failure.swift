import CSystem

/// Why a call cannot be carried out, in words for the person who made it.
///
/// The sentence names the argument, what was wrong with it, and what would be right. It is that of the thread, until
/// the next failure: a failure that is kept for later loses it.
package struct Failure: Error {
  package enum Kind: Sendable {
    case nullPointer, invalidHandle, shape, dataType, notFinite, unknownOption, outOfRange, outOfMemory
    case busy, inUse, wrongOrder, unsupported, callback, abi, cancelled
    /// The library contradicts itself.
    case internalFault
  }

  package let kind: Kind

  package init(_ kind: Kind, _ sentence: Sentence) {
    self.kind = kind
    rfgs_sentence_finish(sentence.start)
  }

  /// The same failure, with more said behind its sentence.
  package func adding(_ sentence: @autoclosure () -> Sentence) -> Failure {
    rfgs_sentence_reopen()
    _ = sentence()
    rfgs_sentence_finish(0)
    return self
  }

  /// The thread's last failure in words.
  package var message: String { String(cString: rfgs_sentence()) }
}
