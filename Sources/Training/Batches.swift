import Directions
import Kernels
import Runtime

/// Mini-batches drawn from the seed: every sample once per epoch, in an order of its own for each epoch.
///
/// A batch may begin in one epoch and end in the next, so that all have the same size.
struct Batches {
  private let order: Buffer<Int32>
  private let batch: Buffer<Int32>
  private let source: DirectionSource
  private let kernels: KernelTable
  private var epoch = 0
  private var place: Int

  /// - Parameter size: samples of a batch; all of them if there are fewer.
  init(
    samples: Int, size: Int, seed: UInt64, purpose: DirectionSource.Purpose = .shuffling, part: UInt8 = 0,
    kernels: KernelTable, account: MemoryAccount
  ) throws(Failure) {
    order = try Buffer(samples, for: "the order of \(samples) samples", account: account)
    batch = try Buffer(min(size, samples), for: "a batch", account: account)
    source = DirectionSource(seed: seed, purpose: purpose, part: part)
    self.kernels = kernels
    for index in 0..<samples { order.base[index] = Int32(truncatingIfNeeded: index) }
    place = samples
  }

  /// The rows of the next batch; valid until the call after it.
  mutating func next() -> UnsafeBufferPointer<Int32> {
    if batch.count == order.count { return UnsafeBufferPointer(start: order.base, count: order.count) }
    for index in 0..<batch.count {
      if place == order.count { shuffle() }
      batch.base[index] = order.base[place]
      place += 1
    }
    return UnsafeBufferPointer(start: batch.base, count: batch.count)
  }

  /// Fisher-Yates; the multiply-shift keeps the bias below samples / 2^32.
  private mutating func shuffle() {
    var index = order.count - 1
    while index > 0 {
      let words = source.block(UInt32(truncatingIfNeeded: index / 4), step: epoch, lane: 0, kernels: kernels)
      let word =
        switch index % 4 {
        case 0: words.0
        case 1: words.1
        case 2: words.2
        default: words.3
        }
      let other = Int((UInt64(word) * UInt64(index + 1)) >> 32)
      let kept = order.base[index]
      order.base[index] = order.base[other]
      order.base[other] = kept
      index -= 1
    }
    epoch += 1
    place = 0
  }
}
