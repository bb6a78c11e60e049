public import CRFGSNN
import Runtime
import SpikingNetworks

// The functions of group network on surrogates; what each does is in rfgsnn.h.

/// Reads the widths of the surrogates; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_surrogate_widths(
  _ network: OpaquePointer?,
  _ widths: UnsafeMutablePointer<Double>?,
  _ count: Int64
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let place = try required(widths, "widths")
    try withNetwork(network, .reader) { network throws(Failure) in
      let values = network.surrogateWidths.values
      try requireCount(count, "count", values.count, of: "layers")
      place.update(from: values.map { Double($0) }, count: values.count)
    }
  }
}

/// Sets the widths of the surrogates; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_set_surrogate_widths(
  _ network: OpaquePointer?,
  _ widths: UnsafePointer<Double>?,
  _ count: Int64
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let widths = try required(widths, "widths")
    try withNetwork(network) { network throws(Failure) in
      let layers = network.surrogateWidths.values.count
      try requireCount(count, "count", layers, of: "layers")
      try network.setSurrogateWidths((0..<layers).map { Float(widths[$0]) })
    }
  }
}
