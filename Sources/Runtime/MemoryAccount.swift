import Synchronization

/// Counts the bytes of the numeric buffers of one owner (a network, a trainer), and refuses above a limit.
///
/// Linux lends more memory than it has, so a dependable "out of memory" needs a limit that is ours.
package final class MemoryAccount: Sendable {
  private static let process = Atomic<Int>(0)
  private let heldBytes = Atomic<Int>(0)
  private let peakBytes = Atomic<Int>(0)
  private let limit: Int

  /// - Parameter limit: bytes this owner may hold; 0 means no limit.
  package init(limit: Int) {
    self.limit = limit
  }

  /// Bytes held by all accounts of the process.
  package static var processHeld: Int { process.load(ordering: .relaxed) }

  package var held: Int { heldBytes.load(ordering: .relaxed) }
  package var peak: Int { peakBytes.load(ordering: .relaxed) }

  func charge(_ bytes: Int, for purpose: @autoclosure () -> Sentence) throws(Failure) {
    let held = heldBytes.add(bytes, ordering: .relaxed).newValue
    if limit > 0 && held > limit {
      heldBytes.subtract(bytes, ordering: .relaxed)
      throw Failure(
        .outOfMemory,
        "memory_limit: \(bytes) bytes for \(purpose()), beside the \(held - bytes) already held, are above the limit of "
          + "\(limit); raise memory_limit or use fewer samples, neurons or directions")
    }
    peakBytes.max(held, ordering: .relaxed)
    Self.process.add(bytes, ordering: .relaxed)
  }

  func refund(_ bytes: Int) {
    heldBytes.subtract(bytes, ordering: .relaxed)
    Self.process.subtract(bytes, ordering: .relaxed)
  }
}
