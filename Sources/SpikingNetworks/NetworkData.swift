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
  /// each axis of a tensor grid. `rows` are the samples of each stack.
  fileprivate func extents(_ rows: [Int]) -> [Int] {
    switch self {
    case .none: []
    case .shared: Array(rows.dropFirst())
    case .perSample: [rows[1] / max(rows[0], 1)]
    }
  }
}

/// The host's inputs of all stacks: samples or functions first, then points or axes.
package struct NetworkData {
  package let arrays: [HostArray]
  package let points: Points

  package init(_ arrays: [HostArray], points: Points = .none) {
    self.arrays = arrays
    self.points = points
  }

  /// Samples of an MLP, functions of an operator network.
  package var samples: Int { arrays[0].samples }

  /// Points along each axis; see Points.
  package var pointExtents: [Int] { points.extents(arrays.map(\.samples)) }

  /// Points at which each function is known.
  package var pointCount: Int { pointExtents.reduce(1, *) }

  package func outputsPerSample(of network: Network) -> Int { pointCount * network.specification.outputs }

  /// Rows first..<first + samples, at all points.
  package func batch(of network: Network, first: Int, samples: Int) -> NetworkBatch {
    var batches = [InputBatch(arrays[0], scaling: network.inputScalings[0], first: first, samples: samples)]
    for (index, array) in arrays.enumerated().dropFirst() {
      let scaling = network.inputScalings[index]
      batches.append(
        points == .perSample
          ? InputBatch(array, scaling: scaling, first: first * pointCount, samples: samples * pointCount)
          : InputBatch(array, scaling: scaling, first: 0, samples: array.samples))
    }
    return NetworkBatch(batches: batches, points: points)
  }
}

extension NetworkData {
  /// The rows that `indices` name, at all shared points or at those that `places` name along each axis; both must stay
  /// where they are during the pass.
  package func batch(
    of network: Network, indices: UnsafeBufferPointer<Int32>, points places: [UnsafeBufferPointer<Int32>]? = nil
  ) -> NetworkBatch {
    var batches = [InputBatch(arrays[0], scaling: network.inputScalings[0], indices: indices)]
    for (index, array) in arrays.enumerated().dropFirst() {
      let scaling = network.inputScalings[index]
      batches.append(
        points == .perSample
          ? InputBatch(array, scaling: scaling, indices: indices, group: pointCount)
          : places.map { InputBatch(array, scaling: scaling, indices: $0[index - 1]) }
            ?? InputBatch(array, scaling: scaling, first: 0, samples: array.samples))
    }
    return NetworkBatch(batches: batches, points: points)
  }
}

/// What a network runs at once: one batch of rows for each stack.
package struct NetworkBatch {
  package let batches: [InputBatch]
  package let points: Points

  package init(batches: [InputBatch], points: Points) {
    self.batches = batches
    self.points = points
  }

  package var samples: Int { batches[0].samples }
  /// Points along each axis; see Points.
  package var pointExtents: [Int] { points.extents(batches.map(\.samples)) }
}
