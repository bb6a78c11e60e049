internal import CRFGSNN
import Runtime
import SpikingNetworks

/// A network as the host knows it: with the C strings that must live as long as it.
final class NetworkEntry: HandleObject {
  static var handleKind: HandleKind { .network }

  let network: Network
  var stopFlag: StopFlag? { network.stopFlag }
  private let names: [UnsafeMutablePointer<CChar>]

  init(_ network: Network) {
    self.network = network
    names = network.tensors.map { cStringCopy($0.name) }
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
