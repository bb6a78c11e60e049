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
    return try WeightPerturbation(axesOf: network, tangent: tangent, account: account)
  }

  private static var mostExactParameters: Int { 1 << 14 }
}
