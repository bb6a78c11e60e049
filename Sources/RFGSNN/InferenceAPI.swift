public import CRFGSNN
import Runtime
import SpikingNetworks

// The functions of group network that run it; what each does is in rfgsnn.h.

/// Runs the network and reads its outputs; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_predict(
  _ network: OpaquePointer?,
  _ inputs: UnsafePointer<rfgsnn_array>?,
  _ n_inputs: Int32,
  _ outputs: UnsafeMutablePointer<rfgsnn_array>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try withNetwork(network, .stoppable) { network throws(Failure) in
      let inputs = try network.inputs(inputs, n_inputs)
      let outputs = try network.outputs(outputs, of: inputs)
      try network.requireUsable(inputs, "inputs")
      try network.predict(inputs, into: outputs)
    }
  }
}

/// Runs the network and reads its firing rates; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_firing_rates(
  _ network: OpaquePointer?,
  _ inputs: UnsafePointer<rfgsnn_array>?,
  _ n_inputs: Int32,
  _ rates: UnsafeMutablePointer<Double>?,
  _ count: Int64
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let place = try required(rates, "rates")
    try withNetwork(network, .stoppable) { network throws(Failure) in
      let inputs = try network.inputs(inputs, n_inputs)
      try requireCount(count, "count", network.layers.count, of: "layers")
      try network.requireUsable(inputs, "inputs")
      let rates = try network.firingRates(inputs)
      place.update(from: rates, count: min(rates.count, network.layers.count))
    }
  }
}

/// Initial weights and biases that fit the inputs; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_calibrate(
  _ network: OpaquePointer?,
  _ inputs: UnsafePointer<rfgsnn_array>?,
  _ n_inputs: Int32
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try withNetwork(network, .stoppable) { network throws(Failure) in
      let inputs = try network.inputs(inputs, n_inputs)
      try network.requireUsable(inputs, "inputs")
      try network.calibrate(inputs)
    }
  }
}

/// Ridge regression of the readout; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_solve_readout(
  _ network: OpaquePointer?,
  _ inputs: UnsafePointer<rfgsnn_array>?,
  _ n_inputs: Int32,
  _ targets: UnsafePointer<rfgsnn_array>?,
  _ lambda: Double,
  _ loss: UnsafeMutablePointer<Double>?,
  _ chosen_lambda: UnsafeMutablePointer<Double>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try withNetwork(network, .stoppable) { network throws(Failure) in
      let inputs = try network.inputs(inputs, n_inputs)
      let targets = try network.targets(targets, of: inputs)
      if !lambda.isFinite { throw Failure(.notFinite, "lambda: is \(lambda); use a number such as 1e-6") }
      if lambda < 0 { throw Failure(.outOfRange, "lambda: \(lambda) is negative; use a number such as 1e-6") }
      try network.requireUsable(inputs, "inputs")
      try targets.requireFinite("targets", unless: network.stopFlag)
      let solution = try network.solveReadout(inputs, targets: targets, lambda: lambda)
      store(solution.loss, to: loss)
      store(solution.lambda, to: chosen_lambda)
    }
  }
}

/// Asks a call on a network, or on what uses it, to stop; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_request_stop(
  _ network: OpaquePointer?
) -> rfgsnn_status {
  guarded { () throws(Failure) in try handles.requestStop(network, .network) }
}
