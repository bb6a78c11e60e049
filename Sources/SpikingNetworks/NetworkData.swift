import Runtime

/// How the points of an operator network belong to its functions.
package enum Points: Sendable {
  /// There are none: an MLP.
  case none
  /// The same points for every function: one trunk with [points, coordinates], or one per coordinate whose axes span
  /// a tensor grid.
  case shared
  /// Every function has points of its own: the trunk's data are [functions x points, coordinates].
  case perSample

  /// Points along each dimension of the outputs that is between samples and fields: none for an MLP, one extent for
  /// each axis of a tensor grid. `rows` are those of each stack after the first.
  fileprivate func extents(samples: Int, rows: @autoclosure () -> StackList<Int>) -> StackList<Int> {
    switch self {
    case .none: StackList()
    case .shared: rows()
    case .perSample: rows().map { _, rows in rows / max(samples, 1) }
    }
  }
}

/// The host's inputs of all stacks: samples or functions first, then points or axes.
package struct NetworkData {
  /// Of the samples or functions; and the others.
  package let first: HostArray
  package let others: StackList<HostArray>
  package let points: Points

  package init(_ first: HostArray, others: StackList<HostArray> = StackList(), points: Points = .none) {
    self.first = first
    self.others = others
    self.points = points
  }

  /// One for each stack.
  package var arrays: [HostArray] { [first] + others.array }

  /// Samples of an MLP, functions of an operator network.
  package var samples: Int { first.samples }

  /// Points along each axis; see Points.
  package var pointExtents: StackList<Int> {
    points.extents(samples: samples, rows: others.map { _, rows in rows.samples })
  }

  /// Points at which each function is known.
  package var pointCount: Int { pointExtents.product }

  package func outputsPerSample(of network: Network) -> Int { pointCount * network.specification.outputs }

  /// Rows first..<first + samples, at all points.
  package func batch(of network: Network, first: Int, samples: Int) -> NetworkBatch {
    NetworkBatch(
      InputBatch(self.first, scaling: network.inputScalings[0], first: first, samples: samples),
      others: others.map { index, array in
        let scaling = network.inputScalings[index + 1]
        return points == .perSample
          ? InputBatch(array, scaling: scaling, first: first * pointCount, samples: samples * pointCount)
          : InputBatch(array, scaling: scaling, first: 0, samples: array.samples)
      }, points: points)
  }
}

extension NetworkData {
  /// The rows that `indices` name, at all shared points or at those that `places` name along each axis; both must stay
  /// where they are during the pass.
  package func batch(
    of network: Network, indices: UnsafeBufferPointer<Int32>, points places: [UnsafeBufferPointer<Int32>]? = nil
  ) -> NetworkBatch {
    NetworkBatch(
      InputBatch(first, scaling: network.inputScalings[0], indices: indices),
      others: others.map { index, array in
        let scaling = network.inputScalings[index + 1]
        if points == .perSample { return InputBatch(array, scaling: scaling, indices: indices, group: pointCount) }
        return places.map { InputBatch(array, scaling: scaling, indices: $0[index]) }
          ?? InputBatch(array, scaling: scaling, first: 0, samples: array.samples)
      }, points: points)
  }
}

/// What a network runs at once: one batch of rows for each stack.
package struct NetworkBatch {
  /// Of the samples or functions; and the others.
  package let first: InputBatch
  package let others: StackList<InputBatch>
  package let points: Points

  package init(_ first: InputBatch, others: StackList<InputBatch> = StackList(), points: Points) {
    self.first = first
    self.others = others
    self.points = points
  }

  package var samples: Int { first.samples }
  /// Points along each axis; see Points.
  package var pointExtents: StackList<Int> {
    points.extents(samples: samples, rows: others.map { _, rows in rows.samples })
  }

  package var stacks: Int { 1 + others.count }

  package func shape(steps: Int) -> BatchShape {
    BatchShape(
      samples: samples, points: points, extents: pointExtents, steps: steps, variesInTime: first.variesInTime)
  }

  /// Calls `body` with the batch of each stack, in their order.
  package func forEach(_ body: (_ stack: Int, _ batch: InputBatch) throws(Failure) -> Void) throws(Failure) {
    try body(0, first)
    for index in others.indices {
      if let inputs = others[index] { try body(index + 1, inputs) }
    }
  }
}
