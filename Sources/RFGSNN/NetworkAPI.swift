public import CRFGSNN
import Runtime
import SpikingNetworks

// The functions of group network that create, describe and change networks; what each does is in rfgsnn.h.

/// A new network; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_create(
  _ options: OpaquePointer?,
  _ network: UnsafeMutablePointer<OpaquePointer?>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let place = try required(network, "network")
    try handles.use(options, as: Options.self, "options") { options throws(Failure) in
      let network = try Network(try options.networkSpecification())
      place.pointee = try handles.insert(NetworkEntry(network))
    }
  }
}

/// A copy of a network; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_clone(
  _ network: OpaquePointer?,
  _ clone: UnsafeMutablePointer<OpaquePointer?>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let place = try required(clone, "clone")
    try withNetwork(network) { network throws(Failure) in
      place.pointee = try handles.insert(NetworkEntry(try network.clone()))
    }
  }
}

/// Frees a network; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_free(
  _ network: OpaquePointer?
) -> rfgsnn_status {
  guarded { () throws(Failure) in try handles.remove(network, as: NetworkEntry.self, "network") }
}

/// The sizes of a network; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_shape(
  _ network: OpaquePointer?,
  _ inputs: UnsafeMutablePointer<Int64>?,
  _ outputs: UnsafeMutablePointer<Int64>?,
  _ time_steps: UnsafeMutablePointer<Int64>?,
  _ layers: UnsafeMutablePointer<Int32>?,
  _ neurons: UnsafeMutablePointer<Int64>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try withNetwork(network, .reader) { network throws(Failure) in
      store(Int64(network.specification.inputs), to: inputs)
      store(Int64(network.specification.outputs), to: outputs)
      store(Int64(network.specification.timeSteps), to: time_steps)
      store(Int32(clamping: network.layers.count), to: layers)
      store(Int64(network.neurons), to: neurons)
    }
  }
}

/// The instruction set of a network's kernels; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_instruction_set(
  _ network: OpaquePointer?,
  _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let place = try required(name, "name")
    try withNetwork(network, .reader) { network throws(Failure) in
      place.pointee = cString(network.specification.instructionSet.staticName)
    }
  }
}

/// A view of the parameters; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_parameters(
  _ network: OpaquePointer?,
  _ values: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>?,
  _ count: UnsafeMutablePointer<Int64>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let valuesPlace = try required(values, "values")
    let countPlace = try required(count, "count")
    try withNetwork(network, .reader) { network throws(Failure) in
      valuesPlace.pointee = network.parameters.base
      countPlace.pointee = Int64(network.parameterCount)
    }
  }
}

/// Sets all parameters; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_set_parameters(
  _ network: OpaquePointer?,
  _ values: UnsafePointer<Float>?,
  _ count: Int64
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let values = try required(values, "values")
    try withNetwork(network) { network throws(Failure) in
      try requireCount(count, "count", network.parameterCount, of: "parameters")
      try network.setParameters(values)
    }
  }
}

/// The number of named tensors; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_tensor_count(
  _ network: OpaquePointer?,
  _ count: UnsafeMutablePointer<Int32>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    let place = try required(count, "count")
    try withNetwork(network, .reader) { network throws(Failure) in
      place.pointee = Int32(clamping: network.tensors.count)
    }
  }
}

/// Describes a named tensor; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_tensor(
  _ network: OpaquePointer?,
  _ index: Int32,
  _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ rank: UnsafeMutablePointer<Int32>?,
  _ shape: UnsafeMutablePointer<Int64>?,
  _ offset: UnsafeMutablePointer<Int64>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try handles.use(network, as: NetworkEntry.self, "network", .reader) { entry throws(Failure) in
      let tensors = entry.network.tensors
      let index = try requireIndex(Int64(index), "index", below: tensors.count, of: "tensors")
      let tensor = tensors[index]
      store(entry.tensorName(index), to: name)
      store(Int32(clamping: tensor.shape.count), to: rank)
      if let shape {
        for axis in 0..<4 { shape[axis] = axis < tensor.shape.count ? Int64(tensor.shape[axis]) : 1 }
      }
      store(Int64(tensor.offset), to: offset)
    }
  }
}

/// Bytes of a network's buffers; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_memory(
  _ network: OpaquePointer?,
  _ held: UnsafeMutablePointer<Int64>?,
  _ peak: UnsafeMutablePointer<Int64>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try withNetwork(network, .reader) { network throws(Failure) in
      store(Int64(network.account.held), to: held)
      store(Int64(network.account.peak), to: peak)
    }
  }
}
