/// Why a call cannot be carried out, in words for the person who made it.
///
/// The sentence names the argument, what was wrong with it, and what would be right. It is built only on failure,
/// so that a successful call allocates nothing.
package struct Failure: Error {
  package enum Kind: Sendable {
    case nullPointer, invalidHandle, shape, dataType, notFinite, unknownOption, outOfRange, outOfMemory
    case busy, inUse, wrongOrder, unsupported, callback, abi, cancelled
  }

  package let kind: Kind
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
