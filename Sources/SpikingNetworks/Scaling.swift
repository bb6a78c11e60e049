import Runtime

/// Shift and scale of each input or output, kept with the network: network = (host - shift) / scale.
package struct Scaling: Sendable {
  package private(set) var shift: [Double]
  package private(set) var scale: [Double]

  package init(identity count: Int) {
    shift = Array(repeating: 0, count: count)
    scale = Array(repeating: 1, count: count)
  }

  /// - Throws: when a shift is not finite, or a scale is not finite or zero.
  package init(shift: [Double], scale: [Double], name: String) throws(Failure) {
    for (index, value) in shift.enumerated() where !value.isFinite {
      throw Failure(.notFinite, "\(name)_shift: element \(index) is \(value); it must be finite")
    }
    for (index, value) in scale.enumerated() where !value.isFinite || value == 0 {
      throw Failure(
        value == 0 ? .outOfRange : .notFinite,
        "\(name)_scale: element \(index) is \(value); it must be finite and not zero")
    }
    self.shift = shift
    self.scale = scale
  }

  /// One after the other: the inputs of several stacks as the host counts them.
  package init(joining parts: [Scaling]) {
    shift = parts.flatMap(\.shift)
    scale = parts.flatMap(\.scale)
  }

  /// What `joining` joined, of these lengths.
  package func split(_ counts: [Int]) -> [Scaling] {
    var first = 0
    return counts.map { count in
      var part = Scaling(identity: count)
      part.shift = Array(shift[first..<first + count])
      part.scale = Array(scale[first..<first + count])
      first += count
      return part
    }
  }

  package enum Rule: Sendable {
    case none
    /// Least and greatest value become -1 and 1.
    case minmax
    /// Mean 0, standard deviation 1.
    case standard
  }

  /// The scaling that brings each feature of the data to the rule's range; a constant feature is only shifted.
  package init(_ rule: Rule, of data: HostArray, unless stop: StopFlag) throws(Failure) {
    self.init(identity: data.features)
    if rule == .none { return }
    let times = max(data.times, 1)
    let count = Double(times * data.samples)
    var row = [Double](repeating: 0, count: data.features)
    var least = [Double](repeating: .infinity, count: data.features)
    var greatest = [Double](repeating: -.infinity, count: data.features)
    var mean = [Double](repeating: 0, count: data.features)
    var squares = [Double](repeating: 0, count: data.features)
    var seen = 0.0
    for time in 0..<times {
      for sample in 0..<data.samples {
        if data.isDue(time, sample) { try stop.check() }
        row.withUnsafeMutableBufferPointer { row in
          if let base = row.baseAddress { data.read(time: time, sample: sample, into: base) }
        }
        seen += 1
        for j in 0..<data.features {
          least[j] = min(least[j], row[j])
          greatest[j] = max(greatest[j], row[j])
          // Welford's recurrence: no cancellation however large the mean.
          let difference = row[j] - mean[j]
          mean[j] += difference / seen
          squares[j] += difference * (row[j] - mean[j])
        }
      }
    }
    for j in 0..<data.features {
      switch rule {
      case .none: break
      case .minmax:
        shift[j] = (least[j] + greatest[j]) / 2
        scale[j] = (greatest[j] - least[j]) / 2
      case .standard:
        shift[j] = mean[j]
        scale[j] = (squares[j] / count).squareRoot()
      }
      if !(scale[j] > 0) || !scale[j].isFinite { scale[j] = 1 }
    }
  }
}
