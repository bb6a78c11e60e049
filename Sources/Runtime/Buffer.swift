import CSystem

/// Zeroed memory aligned to 64 bytes whose allocation can fail, charged to an account.
package final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Element>
  package let count: Int
  private let bytes: Int
  private let account: MemoryAccount
  private let allocation: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - count: elements, at least 0.
  ///   - purpose: what the memory is for, to be named if there is none.
  package init(_ count: Int, for purpose: @autoclosure () -> Sentence, account: MemoryAccount) throws(Failure) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow, bytes >= 0, bytes <= Int.max / 4 else {
      throw Failure(.outOfMemory, "\(purpose()) would need more bytes than can be addressed")
    }
    try account.charge(bytes, for: purpose())
    guard let memory = rfgs_allocate(bytes) else {
      account.refund(bytes)
      throw Failure(
        .outOfMemory,
        "the system has no \(bytes) bytes for \(purpose()); use fewer samples, neurons or directions")
    }
    self.count = count
    self.bytes = bytes
    self.account = account
    allocation = memory
    base = memory.bindMemory(to: Element.self, capacity: count)
  }

  deinit {
    rfgs_free(allocation)
    account.refund(bytes)
  }

  /// Sets every byte to zero.
  package func clear() {
    allocation.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }
}

/// The product of sizes that the user chose; a product that cannot be addressed is memory that cannot be had.
package func checkedProduct(_ factors: Int..., for purpose: @autoclosure () -> Sentence) throws(Failure) -> Int {
  var product = 1
  for factor in factors {
    let (next, overflow) = product.multipliedReportingOverflow(by: factor)
    if overflow || next > Int.max / 64 {
      throw Failure(.outOfMemory, "\(purpose()) would need more bytes than can be addressed; use smaller sizes")
    }
    product = next
  }
  return product
}
