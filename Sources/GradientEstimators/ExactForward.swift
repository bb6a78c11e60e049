import Runtime
import SpikingNetworks

extension WeightPerturbation {
  /// The exact forward-mode gradient: one tangent for every parameter.
  ///
  ///     g = sum_i <grad L, e_i> e_i
  ///
  /// No noise and nothing stored over time, at the cost of as many tangents as parameters: for small networks, and as
  /// the reference for every other estimator.
  package static func exact(
    _ network: Network, tangent: TangentKind, account: MemoryAccount
  ) throws(Failure) -> WeightPerturbation {
    if network.parameterCount > mostExactParameters {
      throw Failure(
        .unsupported,
        "estimator: exact_forward carries one tangent per parameter and this network has \(network.parameterCount), "
          + "more than \(mostExactParameters); use rfg_activity, or a smaller network")
    }
    let plan = Plan(law: .basis, factor: 1, shared: false) { stack in
      var counts = stack.layers.map { ($0.inputs + 1) * $0.neurons }
      if stack.readout != nil { counts.append((stack.lastLayer.neurons + 1) * stack.features) }
      return PerturbationLayout(perLayer: counts, of: stack)
    }
    return try WeightPerturbation(network, plan, tangent: tangent, seed: 0, account: account)
  }

  private static var mostExactParameters: Int { 1 << 14 }
}
