public import CRFGSNN
import Runtime
import SpikingNetworks

// The functions of group state; what each does is in rfgsnn.h.

extension NetworkState: HandleObject {
  static var handleKind: HandleKind { .state }
  var stopFlag: StopFlag? { network.stopFlag }
}

/// A new state of a network; see rfgsnn.h.
@c @implementation
public func rfgsnn_state_create(
  _ network: OpaquePointer?,
  _ samples: Int64,
  _ state: UnsafeMutablePointer<OpaquePointer?>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let place = try required(state, "state")
    if samples < 1 || samples > Int64(Int32.max) {
      throw Failure(.outOfRange, "samples: \(samples) is not between 1 and \(Int32.max)")
    }
    try withNetwork(network) { used throws(Failure) in
      place.pointee = try handles.insert(try NetworkState(used, samples: Int(samples)), using: network)
    }
  }
}

/// Frees a state; see rfgsnn.h.
@c @implementation
public func rfgsnn_state_free(
  _ state: OpaquePointer?
) -> rfgsnn_status {
  guarded { () throws(Failure) in try handles.remove(state, as: NetworkState.self, "state") }
}

/// Takes a state back to the start; see rfgsnn.h.
@c @implementation
public func rfgsnn_state_reset(
  _ state: OpaquePointer?
) -> rfgsnn_status {
  withState(state) { state throws(Failure) in try state.reset() }
}

/// One time step; see rfgsnn.h.
@c @implementation
public func rfgsnn_state_step(
  _ state: OpaquePointer?,
  _ input: UnsafePointer<rfgsnn_array>?,
  _ output: UnsafeMutablePointer<rfgsnn_array>?
) -> rfgsnn_status {
  withState(state, .stoppable) { state throws(Failure) in
    let input = try state.network.input(input, samples: state.samples)
    let output = try state.network.stepOutput(output, samples: state.samples)
    try state.step(input, into: output)
  }
}

/// The spikes of a layer; see rfgsnn.h.
@c @implementation
public func rfgsnn_state_spikes(
  _ state: OpaquePointer?,
  _ layer: Int32,
  _ spikes: UnsafeMutablePointer<rfgsnn_array>?
) -> rfgsnn_status {
  withState(state) { state throws(Failure) in
    let (layer, array) = try state.layerArray(layer, spikes, "spikes")
    try state.spikes(layer: layer, into: array)
  }
}

/// The membrane potentials of a layer; see rfgsnn.h.
@c @implementation
public func rfgsnn_state_membrane(
  _ state: OpaquePointer?,
  _ layer: Int32,
  _ membrane: UnsafeMutablePointer<rfgsnn_array>?
) -> rfgsnn_status {
  withState(state) { state throws(Failure) in
    let (layer, array) = try state.layerArray(layer, membrane, "membrane")
    try state.membrane(layer: layer, into: array)
  }
}

private func withState(
  _ pointer: OpaquePointer?, _ access: HandleTable.Access = .exclusive, _ body: (NetworkState) throws(Failure) -> Void
) -> rfgsnn_status {
  guarded { () throws(Failure) in try handles.use(pointer, as: NetworkState.self, "state", access, body) }
}

extension NetworkState {
  /// A checked layer index, and an array for a number of each of its neurons and each sample.
  fileprivate func layerArray(
    _ layer: Int32, _ array: UnsafeMutablePointer<rfgsnn_array>?, _ name: String
  ) throws(Failure) -> (Int, HostArray) {
    let layers = network.layers
    let index = try requireIndex(Int64(layer), "layer", below: layers.count, of: "layers")
    let expected = ExpectedShape(samples: samples, features: layers[index].neurons)
    return (index, try HostArray(array, filling: name, expected))
  }
}
