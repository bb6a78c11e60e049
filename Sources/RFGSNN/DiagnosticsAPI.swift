public import CRFGSNN
import Runtime
import SpikingNetworks
import Training

// Looking at networks and trainers; what each function does is in rfgsnn.h.

/// What the neurons of each layer do; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_activity(
  _ network: OpaquePointer?,
  _ inputs: UnsafePointer<rfgsnn_array>?,
  _ n_inputs: Int32,
  _ rates: UnsafeMutablePointer<Double>?,
  _ dead: UnsafeMutablePointer<Double>?,
  _ saturated: UnsafeMutablePointer<Double>?,
  _ count: Int64
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try withNetwork(network, .stoppable) { network throws(Failure) in
      let inputs = try network.inputs(inputs, n_inputs)
      try requireCount(count, "count", network.layers.count, of: "layers")
      try network.requireUsable(inputs, "inputs")
      for (index, layer) in try network.activity(inputs).enumerated() {
        rates?[index] = layer.rate
        dead?[index] = layer.dead
        saturated?[index] = layer.saturated
      }
    }
  }
}

/// What a trainer's estimates are worth on a batch; see rfgsnn.h.
@c @implementation
public func rfgsnn_trainer_diagnose(
  _ trainer: OpaquePointer?,
  _ inputs: UnsafePointer<rfgsnn_array>?,
  _ n_inputs: Int32,
  _ targets: UnsafePointer<rfgsnn_array>?,
  _ draws: Int64,
  _ reference: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ cosine: UnsafeMutablePointer<Double>?,
  _ bias: UnsafeMutablePointer<Double>?,
  _ variance: UnsafeMutablePointer<Double>?,
  _ signal_to_noise: UnsafeMutablePointer<Double>?
) -> rfgsnn_status {
  withTrainerEntry(trainer, .stoppable) { entry throws(Failure) in
    let data = try entry.trainer.dataSet(inputs, n_inputs, targets, prefix: "")
    guard let draws = Int(exactly: draws) else { throw Failure(.outOfRange, "draws: \(draws) is no such number") }
    let diagnosis = try entry.trainer.diagnose(data, draws: draws)
    entry.keep(entry.trainer.advice(diagnosis))
    store(cString(diagnosis.reference.staticName), to: reference)
    store(diagnosis.cosine, to: cosine)
    store(diagnosis.bias, to: bias)
    store(diagnosis.variance, to: variance)
    store(diagnosis.signalToNoise, to: signal_to_noise)
  }
}

/// The last diagnosis in words; see rfgsnn.h.
@c @implementation
public func rfgsnn_trainer_advice(
  _ trainer: OpaquePointer?,
  _ text: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> rfgsnn_status {
  withTrainerEntry(trainer, .reader) { entry throws(Failure) in
    let place = try required(text, "text")
    guard let advice = entry.advice else {
      throw Failure(.wrongOrder, "trainer: nothing is known of it yet; call rfgsnn_trainer_diagnose first")
    }
    place.pointee = UnsafePointer(advice)
  }
}

extension Diagnosis.Reference {
  /// The name as the host sees it.
  fileprivate var staticName: StaticString {
    switch self {
    case .backPropagation: "bptt"
    case .spatialBackPropagation: "spatial_bp"
    case .mean: "mean"
    }
  }
}
