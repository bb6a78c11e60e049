import Runtime

/// The shape of a batch, complete: with the network, it decides the size of everything that a batch needs.
package struct BatchShape: Equatable, Sendable {
  /// Samples of an MLP or of one stack, functions of an operator network.
  package let samples: Int
  package let points: Points
  /// Points along each axis; see Points.
  package let extents: StackList<Int>
  /// Time steps, at most.
  package let steps: Int
  package let variesInTime: Bool

  package init(
    samples: Int, points: Points = .none, extents: StackList<Int> = StackList(), steps: Int, variesInTime: Bool
  ) {
    self.samples = samples
    self.points = points
    self.extents = extents
    self.steps = steps
    self.variesInTime = variesInTime
  }

  /// Points at which each function is known.
  package var pointCount: Int { extents.product }

  /// What the trunk of an axis runs: its points, or those of all functions.
  package func trunkRows(_ axis: Int) -> Int {
    (extents[axis] ?? 0) * (points == .perSample ? samples : 1)
  }

  /// The same of another number of samples.
  package func with(samples: Int) -> BatchShape {
    BatchShape(samples: samples, points: points, extents: extents, steps: steps, variesInTime: variesInTime)
  }

  /// Whether memory for this shape has room for a batch of another: one that differs in nothing but fewer samples.
  @usableFromInline func covers(_ other: BatchShape) -> Bool {
    samples >= other.samples && with(samples: other.samples) == other
  }
}

/// Memory that is kept from batch to batch, and the shape that it was made for: whether it serves another batch is
/// decided here and nowhere else.
package struct BatchMemory<Memory: AnyObject> {
  @usableFromInline var shape: BatchShape?
  /// What was taken last; nil if there was no memory, or nothing was taken yet.
  @usableFromInline package private(set) var memory: Memory?

  @inlinable @inline(__always) package init() {}

  /// The memory for a batch, made anew if what is held is not for its shape.
  @inlinable @inline(__always) package mutating func take(
    _ shape: BatchShape, _ make: () throws(Failure) -> Memory
  ) throws(Failure) -> Memory {
    if let memory, let held = self.shape, held.covers(shape) { return memory }
    // Before, as there may not be memory for both.
    memory = nil
    let made = try make()
    self.shape = shape
    memory = made
    return made
  }
}
