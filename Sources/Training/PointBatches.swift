import Runtime
import SpikingNetworks

/// The points of each step of a fit, drawn from the seed along each axis of points that all functions share.
struct PointBatches {
  private var axes: [Batches]
  private let extents: [Int]

  /// Nil where every step takes all points.
  init?(_ trainer: Trainer, _ inputs: NetworkData) throws(Failure) {
    let size = trainer.specification.pointsPerBatch
    extents = inputs.pointExtents.array
    axes = []
    if size == 0 || inputs.points != .shared || extents.allSatisfy({ $0 <= size }) { return nil }
    for (axis, extent) in extents.enumerated() {
      axes.append(
        try Batches(
          samples: extent, size: size, seed: trainer.specification.seed, purpose: .points,
          part: UInt8(truncatingIfNeeded: axis), kernels: trainer.network.kernels, account: trainer.account))
    }
  }

  /// The places of the next points along each axis, valid until the call after it, and all their combinations as
  /// places among all points, last axis fastest.
  mutating func next() -> (axes: [UnsafeBufferPointer<Int32>], flat: [Int]) {
    var chosen: [UnsafeBufferPointer<Int32>] = []
    var flat = [0]
    for axis in axes.indices {
      let places = axes[axis].next()
      chosen.append(places)
      flat = flat.flatMap { place in places.map { place * extents[axis] + Int($0) } }
    }
    return (chosen, flat)
  }
}
