public import CRFGSNN
import Runtime
import SpikingNetworks

// The functions of group network on scaling; what each does is in rfgsnn.h.

/// Sets shifts and scales; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_set_scaling(
  _ network: OpaquePointer?,
  _ input_shift: UnsafePointer<Double>?,
  _ input_scale: UnsafePointer<Double>?,
  _ input_count: Int64,
  _ output_shift: UnsafePointer<Double>?,
  _ output_scale: UnsafePointer<Double>?,
  _ output_count: Int64
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try withNetwork(network) { network throws(Failure) in
      let input = try network.inputScaling.replacing(input_shift, input_scale, input_count, "input")
      let output = try network.outputScaling.replacing(output_shift, output_scale, output_count, "output")
      network.inputScaling = input
      network.outputScaling = output
    }
  }
}

/// Reads shifts and scales; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_scaling(
  _ network: OpaquePointer?,
  _ input_shift: UnsafeMutablePointer<Double>?,
  _ input_scale: UnsafeMutablePointer<Double>?,
  _ input_count: Int64,
  _ output_shift: UnsafeMutablePointer<Double>?,
  _ output_scale: UnsafeMutablePointer<Double>?,
  _ output_count: Int64
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try withNetwork(network, .reader) { network throws(Failure) in
      let (input, output) = (network.inputScaling, network.outputScaling)
      if input_shift != nil || input_scale != nil { try input.requireCount(input_count, "input") }
      if output_shift != nil || output_scale != nil { try output.requireCount(output_count, "output") }
      for (values, place) in [
        (input.shift, input_shift), (input.scale, input_scale),
        (output.shift, output_shift), (output.scale, output_scale),
      ] {
        place?.update(from: values, count: values.count)
      }
    }
  }
}

/// Computes shifts and scales from data; see rfgsnn.h.
@c @implementation
public func rfgsnn_network_fit_scaling(
  _ network: OpaquePointer?,
  _ kind: UnsafePointer<CChar>?,
  _ inputs: UnsafePointer<rfgsnn_array>?,
  _ n_inputs: Int32,
  _ targets: UnsafePointer<rfgsnn_array>?
) -> rfgsnn_status {
  guarded { () throws(Failure) in
    try withNetwork(network, .stoppable) { network throws(Failure) in
      let rule = try Scaling.rule(kind)
      let inputs = try network.inputs(inputs, n_inputs)
      let targets = targets == nil ? nil : try network.targetRows(targets, of: inputs)
      for (stack, array) in inputs.arrays.enumerated() {
        try array.requireFinite(network.inputName("inputs", stack), unless: network.stopFlag)
      }
      try targets?.requireFinite("targets", unless: network.stopFlag)
      var parts: [Scaling] = []
      for (stack, array) in inputs.arrays.enumerated() {
        parts.append(try Scaling(rule, of: array, unless: network.stopFlag).finite(network.inputName("inputs", stack)))
      }
      let output = try targets.map { targets throws(Failure) in
        try Scaling(rule, of: targets, unless: network.stopFlag).finite("targets")
      }
      network.inputScalings = parts
      if let output { network.outputScaling = output }
    }
  }
}

extension Network {
  /// Of the inputs of all stacks, one after the other.
  fileprivate var inputScaling: Scaling {
    get { Scaling(joining: inputScalings) }
    set { inputScalings = newValue.split(stacks.map(\.inputs)) }
  }
}

extension Scaling {
  fileprivate static func rule(_ kind: UnsafePointer<CChar>?) throws(Failure) -> Rule {
    let word = try text(kind, "kind", atMost: 256, otherwise: .outOfRange)
    switch word {
    case "none": return .none
    case "minmax": return .minmax
    case "standard": return .standard
    default: throw Failure(.outOfRange, "kind: \(quoted(word)) is not one of none | minmax | standard")
    }
  }

  /// Itself, unless the data were so large that their mean or middle is not a number.
  fileprivate func finite(_ name: String) throws(Failure) -> Scaling {
    for index in shift.indices where !shift[index].isFinite {
      throw Failure(.notFinite, "\(name): the range of feature \(index) overflows; express it in a larger unit")
    }
    return self
  }

  fileprivate func requireCount(_ count: Int64, _ name: String) throws(Failure) {
    try RFGSNN.requireCount(count, "\(name)_count", shift.count, of: "\(name)s")
  }

  /// With the parts that the host passes.
  fileprivate func replacing(
    _ shift: UnsafePointer<Double>?, _ scale: UnsafePointer<Double>?, _ count: Int64, _ name: String
  ) throws(Failure) -> Scaling {
    if shift == nil && scale == nil { return self }
    try requireCount(count, name)
    func values(_ pointer: UnsafePointer<Double>?, _ present: [Double]) -> [Double] {
      pointer.map { Array(UnsafeBufferPointer(start: $0, count: present.count)) } ?? present
    }
    return try Scaling(shift: values(shift, self.shift), scale: values(scale, self.scale), name: name)
  }
}
