import SpikingNetworks

extension ForwardPass {
  /// Derivative of the loss along direction k for one sample: the outputs' tangents times the loss's derivative.
  func derivative(
    _ direction: Int, sample: Int, _ gradient: UnsafePointer<Float>, _ traces: Traces
  ) -> Double {
    let e = gradient + sample * stack.features
    let tangents = traces.featureTangents + (direction * samples + sample) * stack.features
    var sum = 0.0
    for j in 0..<stack.features { sum += Double(e[j]) * Double(tangents[j]) }
    return sum
  }

  /// The same for the whole batch: all samples share the direction.
  func derivative(_ direction: Int, _ gradient: UnsafePointer<Float>, _ traces: Traces) -> Double {
    var sum = 0.0
    for sample in 0..<samples { sum += derivative(direction, sample: sample, gradient, traces) }
    return sum
  }
}
