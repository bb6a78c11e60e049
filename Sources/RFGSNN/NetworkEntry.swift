internal import CRFGSNN
import Runtime
import SpikingNetworks

/// A network as the host knows it: with the C strings that must live as long as it.
final class NetworkEntry: HandleObject {
  static var handleKind: HandleKind { .network }

  let network: Network
  private let names: [UnsafeMutablePointer<CChar>]

  init(_ network: Network) {
    self.network = network
    names = network.stack.tensors.map { cStringCopy($0.name) }
  }

  deinit {
    for name in names { name.deallocate() }
  }

  func tensorName(_ index: Int) -> UnsafePointer<CChar>? {
    names.indices.contains(index) ? UnsafePointer(names[index]) : nil
  }
}

/// Runs a call on a network.
func withNetwork(
  _ pointer: OpaquePointer?, _ access: HandleTable.Access = .exclusive,
  _ body: (Network) throws(Failure) -> Void
) throws(Failure) {
  try handles.use(pointer, as: NetworkEntry.self, "network", access) { entry throws(Failure) in
    try body(entry.network)
  }
}

extension Network {
  /// A view of the inputs of any or a given number of samples, constant or one for each time step.
  func inputs(
    _ arrays: UnsafePointer<rfgsnn_array>?, _ count: Int32, _ name: String = "inputs"
  ) throws(Failure) -> HostArray {
    let first = try required(arrays, name)
    if count != 1 {
      throw Failure(.shape, "n_\(name): is \(count), expected 1: this network takes one array of inputs")
    }
    return try HostArray(
      first, name, ExpectedShape(samples: nil, features: stack.inputs, times: specification.timeSteps))
  }

  /// The inputs of one time step.
  func input(_ array: UnsafePointer<rfgsnn_array>?, samples: Int?) throws(Failure) -> HostArray {
    try HostArray(array, "input", ExpectedShape(samples: samples, features: stack.inputs))
  }

  /// Targets, or what else there is one of for each output and sample.
  func targets(
    _ array: UnsafePointer<rfgsnn_array>?, _ name: String = "targets", samples: Int?
  ) throws(Failure) -> HostArray {
    try HostArray(array, name, ExpectedShape(samples: samples, features: stack.features))
  }

  /// An array for outputs.
  func outputs(
    _ array: UnsafeMutablePointer<rfgsnn_array>?, _ name: String, samples: Int
  ) throws(Failure) -> HostArray {
    try HostArray(array, filling: name, ExpectedShape(samples: samples, features: stack.features))
  }

  /// An array for outputs that the host may not want.
  func optionalOutputs(
    _ array: UnsafeMutablePointer<rfgsnn_array>?, _ name: String, samples: Int
  ) throws(Failure) -> HostArray? {
    array == nil ? nil : try outputs(array, name, samples: samples)
  }
}
