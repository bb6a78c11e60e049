import Directions
import Runtime
import SpikingNetworks

extension WeightPerturbation {
  /// RFG with layer-wise perturbation: K directions for each layer, the readout included, with zeros elsewhere.
  ///
  ///     g_l = (1/K) sum_k <grad_l L, v_lk> v_lk
  ///
  /// Unbiased; mean squared error sum_l (n_l + 1) |grad_l L|^2 / K for Gaussian directions (n_l - 1 for +-1), which is
  /// less than the global one where gradients live in small layers. (Wan, Zhang, Karniadakis, arXiv 2411.07057.) All
  /// directions share one pass, and the tangent of a layer's direction is not carried below that layer.
  package static func layerwise(
    _ network: Network, _ plan: DirectionPlan, tangent: TangentKind, seed: UInt64, account: MemoryAccount
  ) throws(Failure) -> WeightPerturbation {
    try WeightPerturbation(network, .layerwise, plan, tangent: tangent, seed: seed, account: account) { stack in
      PerturbationLayout(perLayer: stack.layerTensors.map { _ in plan.directions }, of: stack)
    }
  }
}
